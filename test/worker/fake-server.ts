/** A WorkerService in this process whose every answer a test can hold in its hands. */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { EventEmitter, once } from "node:events";
import {
  HeartbeatResponseSchema,
  LeasedTaskSchema,
  LeaseStatusSchema,
  LeaseVerdict,
  OutcomeVerdict,
  PollTasksResponseSchema,
  RecordEventsResponseSchema,
  RegisterWorkerResponseSchema,
  ReportOutcomesRequestSchema,
  ReportOutcomesResponseSchema,
  UnregisterWorkerResponseSchema,
  type AttemptEvent,
  type DirectiveSchema,
  type HeartbeatRequestSchema,
  type LeaseStatus,
  type Outcome,
  type OutcomeResultSchema,
  type PollTasksRequestSchema,
  type PollTasksResponse,
  type RecordEventsRequestSchema,
  type RegisterWorkerRequestSchema,
  type WorkerService,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { ServiceCalls } from "../../src/core/calls.ts";
import { durationMs, toDuration } from "../../src/core/duration.ts";
import { QTasksError } from "../../src/core/errors.ts";

type Calls = ServiceCalls<typeof WorkerService>;
type TaskInit = { name: string; input?: unknown } & Omit<
  MessageInitShape<typeof LeasedTaskSchema>,
  "$typeName"
>;

export interface Recorded {
  readonly events: AttemptEvent[];
  progress: { completed: number; total: number; message: string }[];
}

export class FakeServer extends EventEmitter {
  readonly registrations: MessageInitShape<typeof RegisterWorkerRequestSchema>[] = [];
  readonly polls: MessageInitShape<typeof PollTasksRequestSchema>[] = [];
  readonly heartbeats: MessageInitShape<typeof HeartbeatRequestSchema>[] = [];
  readonly outcomes: Outcome[] = [];
  readonly recorded = new Map<string, Recorded>();
  unregistered = 0;
  /** Most polls parked at once. */
  maxParked = 0;
  heartbeatMs = 50;
  /** Thrown by every call of that method while set. */
  readonly broken = new Map<keyof Calls, QTasksError>();
  /** Verdicts that the next heartbeat gives. */
  readonly verdicts = new Map<string, { verdict: LeaseVerdict; cancelReason?: string }>();
  /** Judges outcomes; RECORDED by default. */
  judge: (outcome: Outcome) => MessageInitShape<typeof OutcomeResultSchema> = () => ({
    verdict: OutcomeVerdict.RECORDED,
  });
  onRecord: (request: MessageInitShape<typeof RecordEventsRequestSchema>) => void = () => {};
  known = new Set<string>();
  #waiting: ReturnType<typeof leasedTask>[] = [];
  #directives: MessageInitShape<typeof DirectiveSchema>[] = [];
  #statuses: LeaseStatus[] = [];
  readonly #parked = new Set<() => void>();
  #draining = false;
  #count = 0;

  /** Adds a task; its lease token is its id. */
  push(init: TaskInit): string {
    const taskId = init.taskId ?? `task-${++this.#count}`;
    this.#waiting.push(leasedTask({ ...init, taskId }));
    this.#ring();
    return taskId;
  }

  /** Sends a directive with the next answer to a poll. */
  direct(directive: MessageInitShape<typeof DirectiveSchema>): void {
    this.#directives.push(directive);
    this.#ring();
  }

  /** Sends a verdict with the next answer to a poll. */
  tell(taskId: string, verdict: LeaseVerdict, cancelReason = ""): void {
    this.#statuses.push(
      create(LeaseStatusSchema, { leaseToken: bytes(taskId), verdict, cancelReason }),
    );
    this.#ring();
  }

  /** Forgets the sessions, as a server that was started anew. */
  forget(): void {
    this.known.clear();
  }

  get parkedCount(): number {
    return this.#parked.size;
  }

  /** Free slots that the parked polls offer, from the requests that are still parked. */
  get credit(): number {
    return this.#credit;
  }
  #credit = 0;

  /** Resolves when the condition holds; looked at after every call that the worker makes. */
  async until(condition: () => boolean): Promise<void> {
    const deadline = AbortSignal.timeout(5_000);
    while (!condition()) await once(this, "call", { signal: deadline });
  }

  outcomeOf(taskId: string): Outcome | undefined {
    return this.outcomes.find((outcome) => text(outcome.leaseToken) === taskId);
  }

  async outcome(taskId: string): Promise<Outcome> {
    await this.until(() => this.outcomeOf(taskId) !== undefined);
    return this.outcomeOf(taskId)!;
  }

  eventsOf(taskId: string): Recorded {
    const recorded = this.recorded.get(taskId) ?? { events: [], progress: [] };
    this.recorded.set(taskId, recorded);
    return recorded;
  }

  readonly calls: Calls = {
    registerWorker: async (request) => {
      this.#enter("registerWorker");
      this.registrations.push(request);
      this.known.add(request.sessionId!);
      this.#draining = false;
      return create(RegisterWorkerResponseSchema, {
        heartbeatInterval: toDuration(this.heartbeatMs),
        maxWait: toDuration(5_000),
      });
    },
    pollTasks: async (request, options) => {
      this.#enter("pollTasks", request.sessionId);
      this.polls.push(request);
      return this.#poll(request, options?.signal);
    },
    heartbeat: async (request) => {
      this.heartbeats.push(request);
      this.#enter("heartbeat", request.sessionId);
      if (request.draining === true) this.#drain();
      const leaseStatuses = (request.renewals ?? []).map(({ leaseToken }) => {
        const verdict = this.verdicts.get(text(leaseToken!)) ?? { verdict: LeaseVerdict.HELD };
        return { leaseToken, leaseTtl: toDuration(1_000), ...verdict };
      });
      return create(HeartbeatResponseSchema, { leaseStatuses });
    },
    reportOutcomes: async (request) => {
      this.#enter("reportOutcomes", request.sessionId);
      const { outcomes } = create(ReportOutcomesRequestSchema, request);
      const results = outcomes.map((outcome) => this.judge(outcome));
      this.outcomes.push(...outcomes);
      this.emit("call");
      return create(ReportOutcomesResponseSchema, { results });
    },
    recordEvents: async (request) => {
      this.#enter("recordEvents", request.sessionId);
      this.onRecord(request);
      for (const attempt of request.attempts ?? []) {
        const { events, progress } = this.eventsOf(text(attempt.leaseToken!));
        // As the real one: what came before is skipped, what lies beyond a gap is left out.
        const offset = events.length + 1 - Number(attempt.firstIndex);
        if (offset >= 0) events.push(...((attempt.events ?? []) as AttemptEvent[]).slice(offset));
        const { completed = 0, total = 0, message = "" } = attempt.progress ?? {};
        if (attempt.progress !== undefined) progress.push({ completed, total, message });
      }
      this.emit("call");
      return create(RecordEventsResponseSchema);
    },
    unregisterWorker: async (request) => {
      this.#enter("unregisterWorker", request.sessionId);
      this.unregistered++;
      return create(UnregisterWorkerResponseSchema);
    },
  };

  async #poll(
    request: MessageInitShape<typeof PollTasksRequestSchema>,
    signal: AbortSignal | undefined,
  ): Promise<PollTasksResponse> {
    const max = request.maxTasks ?? 0;
    const until = performance.now() + durationMs(request.wait as never);
    for (;;) {
      const answer = this.#answer(max);
      if (answer !== undefined) return answer;
      if (this.#draining || performance.now() >= until) return create(PollTasksResponseSchema);
      await this.#park(max, until, signal);
    }
  }

  #answer(max: number): PollTasksResponse | undefined {
    const tasks = this.#waiting.splice(0, max);
    const directives = this.#directives.splice(0);
    const leaseStatuses = this.#statuses.splice(0);
    if (tasks.length + directives.length + leaseStatuses.length === 0) return undefined;
    return create(PollTasksResponseSchema, { tasks, directives, leaseStatuses });
  }

  #park(max: number, until: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (settle: () => void): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        this.#parked.delete(wake);
        this.#credit -= max;
        settle();
      };
      const wake = (): void => leave(resolve);
      const abort = (): void => leave(() => reject(signal!.reason as Error));
      const timer = setTimeout(wake, until - performance.now());
      signal?.addEventListener("abort", abort);
      this.#parked.add(wake);
      this.#credit += max;
      this.maxParked = Math.max(this.maxParked, this.#parked.size);
      this.emit("call");
    });
  }

  #drain(): void {
    this.#draining = true;
    this.#ring();
  }

  #ring(): void {
    for (const wake of new Set(this.#parked)) wake();
  }

  #enter(method: keyof Calls, sessionId?: string): void {
    // The condition of a waiting test is looked at once the call has done its work.
    setImmediate(() => this.emit("call"));
    const error = this.broken.get(method);
    if (error !== undefined) throw error;
    if (sessionId !== undefined && !this.known.has(sessionId))
      throw new QTasksError("SESSION_NOT_FOUND", "no such session");
  }
}

function leasedTask({ name, input, ...rest }: TaskInit) {
  return create(LeasedTaskSchema, {
    leaseToken: bytes(rest.taskId!),
    fencingToken: 1n,
    attempt: 1,
    leaseTtl: toDuration(1_000),
    spec: {
      name,
      payload: { body: { case: "text", value: JSON.stringify(input ?? null) } },
      options: { queue: "default" },
    },
    ...rest,
  });
}

export function bytes(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

export function text(value: Uint8Array): string {
  return Buffer.from(value).toString();
}
