/**
 * Looks after what nobody else will: leases that ran out, cancels whose grace is over, waiting tasks past
 * their deadline. Every write is a compare-and-set, so several servers may sweep at once.
 *
 * After a pause of its own (start, loop blocked, datastore away, clock jumped) it can't tell healthy
 * workers from lost ones, since their renewals could not get through either. It then leaves leases
 * alone for two heartbeat intervals.
 */
import type { Logger } from "pino";
import { FailureKind, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { systemClock, type TimerClock } from "../core/clock.ts";
import { encodeFailure, serverFailure } from "../core/failure.ts";
import type { Timings } from "../core/limits.ts";
import { isLeased, isWaiting, waitingDeadlineAt, type TaskRecord } from "../core/record.ts";
import { endWaiting } from "../core/transitions.ts";
import type { Storage } from "../storage/storage.ts";
import { afterCancel, afterLeaseEnd, type End } from "./aftermath.ts";
import { Alarm } from "./alarm.ts";
import { answer, applyChange, change, follow } from "./change.ts";
import type { Lanes } from "./lanes.ts";
import type { Sessions } from "./sessions.ts";

const SWEEP_LIMIT = 500;
/** The storage's clock and the monotonic one may drift apart by this much between sweeps, in ms. */
const MAX_CLOCK_SKEW_MS = 1_000;

export interface RescuerOptions {
  readonly storage: Storage;
  readonly lanes: Lanes;
  readonly sessions: Sessions;
  readonly timings: Timings;
  readonly logger: Logger;
  /** What it waits by, and tells its own pauses by. @default the machine's clock */
  readonly clock?: TimerClock | undefined;
  /** Draws the jitter of backoffs, 0 to 1. @default Math.random */
  readonly random?: (() => number) | undefined;
}

export class Rescuer {
  readonly #options: RescuerOptions;
  readonly #clock: TimerClock;
  readonly #random: () => number;
  readonly #alarm: Alarm;
  /** Of the last sweep that came through: monotonic and by the storage's clock. */
  #last: { monotonic: number; clock: number } | undefined;
  /** Leases are left alone until then (monotonic). */
  #holdUntil = 0;

  constructor(options: RescuerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#alarm = new Alarm({
      clock: this.#clock,
      now: () => options.storage.now(),
      run: () => this.#sweep(),
      atLeastEveryMs: options.timings.sweepIntervalMs,
      logger: options.logger,
    });
  }

  start(): void {
    this.#alarm.start();
  }

  stop(): Promise<void> {
    return this.#alarm.stop();
  }

  /** A record will need attention at this time. */
  note(at: number): void {
    this.#alarm.note(at);
  }

  async #sweep(): Promise<number> {
    const { storage, sessions } = this.#options;
    const paused = this.#hasPaused();
    const { records, nextAt } = await storage.overdue({ limit: SWEEP_LIMIT });
    const alive = await sessions.alive(
      records.filter((record) => isLeased(record.state)).map((record) => record.sessionId),
    );
    // From the answers on: while they were not there, renewals did not get through either.
    if (paused || this.#hasPaused()) this.#hold();
    const holdMs = this.#holdUntil - this.#clock.monotonic();
    const ready = holdMs > 0 ? records.filter((record) => isWaiting(record.state)) : records;
    await Promise.all(ready.map((record) => this.#attend(record, alive)));
    this.#last = { monotonic: this.#clock.monotonic(), clock: storage.now() };
    if (ready.length === SWEEP_LIMIT) return storage.now();
    // What is left alone now stays at the head of the list: look again when the hold is over.
    return ready.length < records.length ? storage.now() + Math.max(1, holdMs) : nextAt;
  }

  /** Since the last sweep that came through: too much time, or the clocks do not agree on how much. */
  #hasPaused(): boolean {
    const { pausedMs, jumpedMs } = this.#sinceLast();
    return (
      pausedMs > this.#options.timings.sweepIntervalMs * 2 || Math.abs(jumpedMs) > MAX_CLOCK_SKEW_MS
    );
  }

  #hold(): void {
    const { timings, logger } = this.#options;
    if (this.#last !== undefined)
      logger.warn(this.#sinceLast(), "paused or clock jumped: leases get time to be renewed");
    this.#holdUntil = this.#clock.monotonic() + 2 * timings.heartbeatIntervalMs;
  }

  #sinceLast(): { readonly pausedMs: number; readonly jumpedMs: number } {
    if (this.#last === undefined) return { pausedMs: Infinity, jumpedMs: 0 };
    const pausedMs = this.#clock.monotonic() - this.#last.monotonic;
    return { pausedMs, jumpedMs: this.#options.storage.now() - this.#last.clock - pausedMs };
  }

  async #attend(found: TaskRecord, alive: ReadonlySet<string>): Promise<void> {
    const { lanes, storage, logger } = this.#options;
    const after = await applyChange<TaskRecord | undefined>(
      lanes,
      found.id,
      (record) => {
        const now = storage.now();
        const next = record && rescue(record, found, alive, { now, random: this.#random() });
        if (next === undefined || record === undefined) return answer(undefined);
        // A renewal makes no revision: without its end, a lease that was renewed meanwhile would be taken away.
        const leaseEndAt = isLeased(record.state) ? record.leaseEndAt : undefined;
        return change({ ...follow(record, next), leaseEndAt }, next);
      },
      { known: found },
    );
    if (after === undefined || isWaiting(found.state)) return;
    const { id: taskId, workerId, attempt } = found;
    logger.info({ taskId, workerId, attempt, lost: after.lost }, "lease ran out: task rescued");
  }
}

/** What follows for an overdue record; undefined where it has moved on, or was renewed, in the meantime. */
function rescue(
  record: TaskRecord,
  found: TaskRecord,
  alive: ReadonlySet<string>,
  at: Pick<End, "now" | "random">,
): TaskRecord | undefined {
  const { now } = at;
  if (isWaiting(record.state)) return endPastDeadline(record, now);
  if (!isLeased(record.state)) return undefined;
  const end: End = { ...at, reported: false };
  if (record.forceAt !== 0 && record.forceAt <= now)
    return afterCancel(record, record.cancelReason, end);
  if (record.leaseEndAt > now || record.attempt !== found.attempt) return undefined;
  return afterLeaseEnd(record, alive.has(record.sessionId), end);
}

function endPastDeadline(record: TaskRecord, now: number): TaskRecord | undefined {
  const deadlineAt = waitingDeadlineAt(record);
  if (deadlineAt === 0 || deadlineAt > now) return undefined;
  const total = record.totalDeadlineAt !== 0 && record.totalDeadlineAt <= now;
  const [state, kind, message] = total
    ? ([TaskState.FAILED, FailureKind.TOTAL_TIMEOUT, "total_timeout ran out"] as const)
    : ([TaskState.EXPIRED, FailureKind.EXPIRED, "not started within pending_timeout"] as const);
  return endWaiting(record, state, { now, failure: encodeFailure(serverFailure(kind, message)) });
}
