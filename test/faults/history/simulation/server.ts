/** A server that keeps every promise, as small as can be: what it answers is always a correct history. */
import type {
  AttemptStateName,
  EnqueuedAnswer,
  LeaseHandedOut,
  LeaseWord,
  StateName,
  TaskSight,
  Verdict,
} from "../answer.ts";
import type { EnqueuedTask, ReportedOutcome } from "../call.ts";
import { isTerminal, isWaiting, outcomeClass } from "../knowledge.ts";
import { attemptsOf, queueOf, type SimulatedTask } from "./task.ts";

const LEASE_MS = 2_000;
const DELIVERY_MS = 1_500;
const MAX_LOST = 5;

/** Times are those of the log's clock. Refusals are returned as strings. */
export class SimulatedServer {
  readonly #tasks = new Map<string, SimulatedTask>();
  readonly #onEnd: (taskId: string, now: number) => void;

  constructor(onEnd: (taskId: string, now: number) => void) {
    this.#onEnd = onEnd;
  }

  get taskIds(): readonly string[] {
    return [...this.#tasks.keys()];
  }

  get isIdle(): boolean {
    return [...this.#tasks.values()].every(({ state }) => isTerminal(state));
  }

  enqueue(spec: EnqueuedTask, now: number): EnqueuedAnswer {
    const { taskId, uniqueKey, delayMs = 0, priority = 0 } = spec;
    if (this.#tasks.has(taskId)) return { taskId, created: false };
    const holder = this.#holder(uniqueKey);
    if (holder !== undefined) return { taskId: holder.spec.taskId, created: false };
    this.#tasks.set(taskId, {
      spec,
      createdAt: now,
      ended: [],
      state: delayMs > 0 ? "SCHEDULED" : "PENDING",
      revision: 1,
      retries: 0,
      dueAt: now + delayMs,
      priority,
      attempt: 0,
      lost: 0,
      token: "",
      startedAt: 0,
      leaseEndAt: 0,
      endedAt: undefined,
      result: undefined,
    });
    return { taskId, created: true };
  }

  /** The task as it is; undefined: there is none. */
  sight(taskId: string, now: number, isFull = false): TaskSight | undefined {
    const task = this.#tasks.get(taskId);
    if (task === undefined) return undefined;
    const { state, revision, retries, createdAt, dueAt, endedAt, result } = task;
    return {
      taskId,
      state: isWaiting(state) && dueAt <= now ? "PENDING" : state,
      revision,
      retries,
      createdAt,
      scheduledAt: dueAt,
      ...(endedAt === undefined ? {} : { endedAt }),
      ...(result === undefined ? {} : { result }),
      ...(isFull ? { attempts: attemptsOf(task) } : {}),
    };
  }

  /** The first task of the queue by priority, then by age. */
  poll(queue: string, now: number): LeaseHandedOut | undefined {
    const [task] = [...this.#tasks.values()]
      .filter(
        ({ spec, state, dueAt }) => isWaiting(state) && dueAt <= now && queueOf(spec) === queue,
      )
      .toSorted((a, b) => b.priority - a.priority || a.dueAt - b.dueAt);
    if (task === undefined) return undefined;
    const { taskId } = task.spec;
    const attempt = task.attempt + 1;
    const token = `${taskId}#${attempt}`;
    const lease = { attempt, token, startedAt: now, leaseEndAt: now + DELIVERY_MS };
    this.#move(task, "RUNNING", lease);
    return { taskId, token, attempt, fencing: attempt, leaseTtlMs: DELIVERY_MS };
  }

  renew(taskId: string, token: string, now: number): LeaseWord {
    const task = this.#holding(taskId, token);
    if (task === undefined) return { taskId, token, verdict: "LOST" };
    task.leaseEndAt = now + LEASE_MS;
    const verdict = task.state === "CANCELING" ? "CANCEL_REQUESTED" : "HELD";
    return { taskId, token, verdict, leaseTtlMs: LEASE_MS };
  }

  report(outcome: ReportedOutcome, now: number): Verdict {
    const { taskId, token, kind, result, delayMs = 0 } = outcome;
    const task = this.#holding(taskId, token);
    if (task === undefined) return this.#again(outcome);
    if (kind === "success") this.#end(task, "SUCCEEDED", "SUCCEEDED", now, { kind, result });
    else if (kind === "canceled" || (kind === "release" && task.state === "CANCELING"))
      this.#end(task, "CANCELED", "CANCELED", now, { kind });
    else if (kind === "failure" && task.state === "CANCELING")
      this.#end(task, "FAILED", "FAILED", now, { kind });
    else {
      const state = kind === "failure" ? "FAILED" : "RELEASED";
      this.#giveBack(task, state, now, { kind, delayMs });
    }
    return { verdict: "RECORDED", state: task.state };
  }

  cancel(taskId: string, now: number, isForced: boolean): "TASK_NOT_FOUND" | undefined {
    const task = this.#tasks.get(taskId);
    if (task === undefined) return "TASK_NOT_FOUND";
    if (isWaiting(task.state)) this.#finish(task, "CANCELED", now, {});
    else if (!isTerminal(task.state) && isForced) this.#end(task, "CANCELED", "CANCELED", now, {});
    else if (task.state === "RUNNING") this.#move(task, "CANCELING", {});
    return undefined;
  }

  retry(taskId: string, now: number): string | undefined {
    const task = this.#tasks.get(taskId);
    if (task === undefined) return "TASK_NOT_FOUND";
    if (!isTerminal(task.state)) return "TASK_NOT_TERMINAL";
    if (this.#holder(task.spec.uniqueKey) !== undefined) return "UNIQUE_KEY_HELD";
    const life = { retries: task.retries + 1, dueAt: now, lost: 0 };
    this.#move(task, "PENDING", { ...life, endedAt: undefined, result: undefined });
    return undefined;
  }

  reschedule(taskId: string, now: number, delayMs: number): string | undefined {
    const task = this.#tasks.get(taskId);
    if (task === undefined) return "TASK_NOT_FOUND";
    if (!isWaiting(task.state)) return "TASK_ALREADY_STARTED";
    this.#move(task, "SCHEDULED", { dueAt: now + delayMs });
    return undefined;
  }

  /** Takes away the leases that ran out. */
  sweep(now: number): void {
    for (const task of this.#tasks.values()) {
      if (isWaiting(task.state) || isTerminal(task.state) || task.leaseEndAt > now) continue;
      task.lost++;
      if (task.state === "CANCELING") this.#end(task, "CANCELED", "CANCELED", now, {});
      else if (task.lost >= MAX_LOST) this.#end(task, "FAILED", "LOST", now, {});
      else this.#giveBack(task, "LOST", now, {});
    }
  }

  /** The same report again is RECORDED, any other STALE. */
  #again({ taskId, token, kind }: ReportedOutcome): Verdict {
    const task = this.#tasks.get(taskId);
    const ended = task?.ended.find((attempt) => attempt.token === token);
    const isSame = ended?.reported === outcomeClass(kind);
    return { verdict: isSame ? "RECORDED" : "STALE", ...(task ? { state: task.state } : {}) };
  }

  #holder(key: string | undefined): SimulatedTask | undefined {
    if (key === undefined) return undefined;
    return [...this.#tasks.values()].find(
      ({ spec, state }) => spec.uniqueKey === key && !isTerminal(state),
    );
  }

  #holding(taskId: string, token: string): SimulatedTask | undefined {
    const task = this.#tasks.get(taskId);
    const isLeased = task?.state === "RUNNING" || task?.state === "CANCELING";
    return isLeased && task.token === token ? task : undefined;
  }

  #giveBack(
    task: SimulatedTask,
    state: AttemptStateName,
    now: number,
    by: { readonly kind?: ReportedOutcome["kind"]; readonly delayMs?: number },
  ): void {
    this.#keep(task, state, now, by.kind);
    const { delayMs = 0 } = by;
    if (delayMs > 0) this.#move(task, "RETRYING", { dueAt: now + delayMs });
    else this.#move(task, "PENDING", {});
  }

  #end(
    task: SimulatedTask,
    state: StateName,
    attempt: AttemptStateName,
    now: number,
    by: { readonly kind?: ReportedOutcome["kind"]; readonly result?: string | undefined },
  ): void {
    this.#keep(task, attempt, now, by.kind);
    this.#finish(task, state, now, by);
  }

  #keep(
    task: SimulatedTask,
    state: AttemptStateName,
    now: number,
    kind: ReportedOutcome["kind"] | undefined,
  ): void {
    const { attempt: number, token, startedAt } = task;
    const reported = kind === undefined ? undefined : outcomeClass(kind);
    task.ended.push({ number, fencing: number, token, state, startedAt, endedAt: now, reported });
  }

  #finish(
    task: SimulatedTask,
    state: StateName,
    now: number,
    { result }: { readonly result?: string | undefined },
  ): void {
    this.#move(task, state, { endedAt: now, result });
    this.#onEnd(task.spec.taskId, now);
  }

  #move(task: SimulatedTask, state: StateName, patch: Partial<SimulatedTask>): void {
    Object.assign(task, patch, { state, revision: task.revision + 1 });
  }
}
