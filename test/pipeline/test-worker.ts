/** A worker that does only what a test tells it to. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { PayloadSchema } from "../../gen/qtasksapi/v1/task_pb.ts";
import type {
  AttemptEventSchema,
  HeartbeatRequestSchema,
  HeartbeatResponse,
  LeasedTask,
  LeaseStatus,
  OutcomeResult,
  OutcomeSchema,
  PollTasksRequestSchema,
  PollTasksResponse,
  RegisterWorkerRequestSchema,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { CallOptions } from "../../src/core/calls.ts";
import { toDuration } from "../../src/core/duration.ts";
import { NAME, PATIENCE_MS, type Server } from "./setup.ts";

type Registration = MessageInitShape<typeof RegisterWorkerRequestSchema>;
type Kind = NonNullable<MessageInitShape<typeof OutcomeSchema>["kind"]>;
type OutcomeFields = Pick<
  Exclude<MessageInitShape<typeof OutcomeSchema>, { readonly $typeName: string }>,
  "checkpoint" | "eventCount"
>;
export type EventInit = MessageInitShape<typeof AttemptEventSchema>;

export class TestWorker {
  readonly sessionId: string;
  readonly #server: Server;

  constructor(server: Server, sessionId: string) {
    this.#server = server;
    this.sessionId = sessionId;
  }

  /** Registers a worker of the scene's task, with what the registration adds. */
  static async open(server: Server, registration: Registration = {}): Promise<TestWorker> {
    const worker = new TestWorker(server, registration.sessionId ?? randomUUID());
    await worker.register(registration);
    return worker;
  }

  async register(registration: Registration = {}): Promise<void> {
    const { sessionId } = this;
    const definitions = [{ name: NAME }];
    const request = { workerId: "tester", slots: 10, definitions, ...registration, sessionId };
    await this.#server.workers.registerWorker(request);
  }

  /** The same session at another server. */
  at(server: Server): TestWorker {
    return new TestWorker(server, this.sessionId);
  }

  poll(
    maxTasks = 1,
    waitMs = 0,
    rest: MessageInitShape<typeof PollTasksRequestSchema> & CallOptions = {},
  ): Promise<PollTasksResponse> {
    const { sessionId } = this;
    const { signal, ...fields } = rest;
    const request = { sessionId, maxTasks, wait: toDuration(waitMs), ...fields };
    return this.#server.workers.pollTasks(request, { signal });
  }

  /** Waits for a task and takes it; what polls bring besides is passed over. A poll whose wait was over is the last. */
  async take(): Promise<LeasedTask> {
    const deadline = performance.now() + PATIENCE_MS / 2;
    while (performance.now() < deadline) {
      const { tasks } = await this.poll(1, PATIENCE_MS);
      if (tasks.length > 0) return tasks[0]!;
    }
    assert.fail("nothing was handed out");
  }

  /** Nothing is handed out, also after a moment. */
  async takeNothing(): Promise<void> {
    const { tasks } = await this.poll(10, 40);
    assert.deepEqual(
      tasks.map((task) => task.taskId),
      [],
    );
  }

  async report(lease: LeasedTask, kind: Kind, rest: OutcomeFields = {}): Promise<OutcomeResult> {
    const { sessionId } = this;
    const outcomes = [{ ...rest, leaseToken: lease.leaseToken, kind }];
    const { results } = await this.#server.workers.reportOutcomes({ sessionId, outcomes });
    assert.equal(results.length, 1);
    return results[0]!;
  }

  succeed(lease: LeasedTask, text = "42"): Promise<OutcomeResult> {
    const body = { case: "text", value: text } as const;
    return this.report(lease, { case: "success", value: { result: { body } } });
  }

  fail(
    lease: LeasedTask,
    failure: Extract<Kind, { case: "failure" }>["value"] = {},
  ): Promise<OutcomeResult> {
    return this.report(lease, { case: "failure", value: { message: "boom", ...failure } });
  }

  cancel(lease: LeasedTask, reason = "stopped"): Promise<OutcomeResult> {
    return this.report(lease, { case: "canceled", value: { reason } });
  }

  release(lease: LeasedTask, delayMs?: number): Promise<OutcomeResult> {
    const delay = delayMs === undefined ? {} : { delay: toDuration(delayMs) };
    return this.report(lease, { case: "release", value: { reason: "full", ...delay } });
  }

  heartbeat(
    leases: readonly LeasedTask[] = [],
    rest: MessageInitShape<typeof HeartbeatRequestSchema> = {},
  ): Promise<HeartbeatResponse> {
    const { sessionId } = this;
    const renewals = leases.map(({ leaseToken }) => ({ leaseToken }));
    return this.#server.workers.heartbeat({ sessionId, renewals, freeSlots: 1, ...rest });
  }

  /** How one lease stands, after renewing it. */
  async renew(
    { leaseToken }: LeasedTask,
    checkpoint?: MessageInitShape<typeof PayloadSchema>,
  ): Promise<LeaseStatus> {
    const renewals = [{ leaseToken, ...(checkpoint && { checkpoint }) }];
    const { leaseStatuses } = await this.heartbeat([], { renewals });
    return leaseStatuses[0]!;
  }

  /** Records events of an attempt, the first of them at that position. */
  async record(
    { leaseToken }: LeasedTask,
    firstIndex: number,
    events: readonly EventInit[],
  ): Promise<LeaseStatus> {
    const { sessionId } = this;
    const attempts = [{ leaseToken, firstIndex: BigInt(firstIndex), events: [...events] }];
    const { leaseStatuses } = await this.#server.workers.recordEvents({ sessionId, attempts });
    return leaseStatuses[0]!;
  }

  async unregister(): Promise<number> {
    const { sessionId } = this;
    return (await this.#server.workers.unregisterWorker({ sessionId })).releasedCount;
  }
}

export function output(text: string): EventInit {
  return { event: { case: "output", value: { body: { case: "text", value: text } } } };
}

export function log(message: string): EventInit {
  return { event: { case: "log", value: { message } } };
}
