/** What workers ask of the pipeline: register, poll, heartbeat, end. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { FailureSchema, PayloadSchema, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import {
  LeasedTaskSchema,
  LeaseStatusSchema,
  LeaseVerdict,
  type LeasedTask,
  type LeaseRenewal,
  type LeaseStatus,
  type RegisterWorkerRequest,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { toDuration, toTimestamp } from "../core/duration.ts";
import { decodeLeaseToken, encodeLeaseToken, type Lease } from "../core/lease.ts";
import type { Timings } from "../core/limits.ts";
import { attentionAt, earliest, leaseEnd, type TaskRecord } from "../core/record.ts";
import { decodeSpec } from "../core/spec.ts";
import { annotate, holds } from "../core/transitions.ts";
import type { StorageNotice, TaskChange } from "../storage/storage.ts";
import { afterRelease } from "./aftermath.ts";
import { answer, applyChange, change, follow } from "./change.ts";
import type { Definitions } from "./definitions.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Lanes } from "./lanes.ts";
import type { Leases } from "./leases.ts";
import type { Mailbox, News } from "./mailbox.ts";
import type { Session, Sessions } from "./sessions.ts";

export interface PollParams {
  readonly sessionId: string;
  /** Credit; 0: news only. */
  readonly max: number;
  readonly maxBytes: number;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** Tasks, or news of leases and directives, or neither when the wait was over. */
export interface Polled extends News {
  readonly tasks: LeasedTask[];
}

export interface HeartbeatParams {
  readonly sessionId: string;
  readonly renewals: readonly LeaseRenewal[];
  readonly freeSlots: number;
  readonly draining: boolean;
}

export interface WorkersOptions {
  readonly lanes: Lanes;
  readonly leases: Leases;
  readonly sessions: Sessions;
  readonly mailbox: Mailbox;
  readonly definitions: Definitions;
  readonly dispatcher: Dispatcher;
  readonly timings: Timings;
  readonly now: () => number;
  /** Finds the records of the leases of a session. */
  readonly leasedBy: (sessionId: string) => Promise<readonly TaskRecord[]>;
  /** Tells the rescuer of a time at which it must look. */
  readonly attention: (at: number) => void;
}

export class Workers {
  readonly #options: WorkersOptions;

  constructor(options: WorkersOptions) {
    this.#options = options;
  }

  /** Opens or renews the session and applies its definitions. `local`: its attempts run in this process. */
  async register(request: RegisterWorkerRequest, local: boolean): Promise<Session> {
    await this.#options.definitions.apply(request.definitions);
    return this.#options.sessions.register(request, local);
  }

  /** SESSION_NOT_FOUND where the session is over. */
  async poll(params: PollParams): Promise<Polled> {
    const { sessions, mailbox, now } = this.#options;
    const session = await sessions.touch(params.sessionId);
    session.lastPollAt = now();
    session.freeSlots = params.max;
    const bell = new AbortController();
    const unhang = mailbox.hang(session.id, () => bell.abort());
    try {
      const signal = AbortSignal.any([params.signal, bell.signal]);
      const tasks = await this.#ask(session, { ...params, signal });
      return { tasks, ...mailbox.collect(session) };
    } finally {
      unhang();
    }
  }

  /** Renews the leases that it lists; a token that is no lease of ours is LOST. */
  async heartbeat(params: HeartbeatParams): Promise<News> {
    const { sessions, mailbox } = this.#options;
    const session = await sessions.touch(params.sessionId);
    session.freeSlots = params.freeSlots;
    if (params.draining && !session.draining) {
      session.draining = true;
      mailbox.ring(session.id);
    }
    const renewed = await Promise.all(params.renewals.map((renewal) => this.#renew(renewal)));
    const { leaseStatuses, directives } = mailbox.collect(session);
    // What the storage says now is newer than what was posted for the same lease.
    const answered = new Set(renewed.map((status) => hex(status.leaseToken)));
    const others = leaseStatuses.filter((status) => !answered.has(hex(status.leaseToken)));
    return { leaseStatuses: [...renewed, ...others], directives };
  }

  /** Ends the session and gives back what it still holds, uncounted. */
  async unregister(sessionId: string): Promise<number> {
    const { sessions, mailbox, leasedBy } = this.#options;
    mailbox.forget(sessionId);
    const held = await leasedBy(sessionId);
    const released = await Promise.all(held.map((record) => this.#release(record, sessionId)));
    await sessions.end(sessionId);
    return released.filter(Boolean).length;
  }

  /** Word of changes that others made to leases that this server handed out. */
  async follow(notice: StorageNotice): Promise<void> {
    const { sessions, mailbox, leases } = this.#options;
    if (notice.kind === "changes")
      await Promise.all(notice.changes.map((item) => this.#followChange(item)));
    if (notice.kind === "gap") await Promise.all(leases.ids().map((id) => this.#checkLease(id)));
    const session = await sessions.follow(notice);
    if (session !== undefined) mailbox.ring(session.id);
  }

  async #ask(session: Session, params: PollParams): Promise<LeasedTask[]> {
    const { mailbox, dispatcher, timings, now } = this.#options;
    if (mailbox.hasNews(session)) return [];
    if (session.draining || params.max === 0) {
      await ended(params.signal, params.waitMs);
      return [];
    }
    const records = await dispatcher.handOut({
      ...params,
      workerId: session.info.workerId,
      names: session.info.names,
      queues: session.info.queues,
      leaseMs: session.local ? timings.leaseMs : timings.deliveryTimeoutMs,
      delivered: session.local,
    });
    if (records.length > 0) this.#handedOut(session, records);
    return records.map((record) => leasedTask(record, now()));
  }

  #handedOut(session: Session, records: readonly TaskRecord[]): void {
    const { leases, attention, now } = this.#options;
    session.lastLeaseAt = now();
    for (const record of records) {
      leases.keep(record);
      attention(attentionAt(record));
    }
  }

  async #renew(renewal: LeaseRenewal): Promise<LeaseStatus> {
    const { lanes, timings, now } = this.#options;
    const lease = decodeLeaseToken(renewal.leaseToken);
    const lost = { leaseToken: renewal.leaseToken, verdict: LeaseVerdict.LOST };
    if (lease === undefined) return create(LeaseStatusSchema, lost);
    const { taskId: id, attempt, nonce } = lease;
    const verdict = await lanes.renew({ id, attempt, nonce, leaseMs: timings.leaseMs });
    if (verdict.kind === "lost") return create(LeaseStatusSchema, lost);
    if (renewal.checkpoint !== undefined)
      await this.#saveCheckpoint(lease, toBinary(PayloadSchema, renewal.checkpoint));
    return create(LeaseStatusSchema, {
      leaseToken: renewal.leaseToken,
      verdict: verdict.canceling ? LeaseVerdict.CANCEL_REQUESTED : LeaseVerdict.HELD,
      leaseTtl: toDuration(Math.max(0, verdict.leaseEndAt - now())),
      cancelReason: verdict.cancelReason,
    });
  }

  async #saveCheckpoint(lease: Lease, checkpoint: Uint8Array): Promise<void> {
    const { lanes, leases, timings, now } = this.#options;
    await applyChange(
      lanes,
      lease.taskId,
      (record) => {
        if (record === undefined || !holds(record, lease)) return answer(undefined);
        const after = annotate(record, now(), {
          checkpoint,
          leaseEndAt: leaseEnd(record, now(), timings.leaseMs),
          delivered: true,
        });
        leases.keep(after);
        return change(follow(record, after), undefined);
      },
      { known: leases.get(lease.taskId) },
    );
  }

  async #release(held: TaskRecord, sessionId: string): Promise<boolean> {
    const { lanes, leases, now } = this.#options;
    const released = await applyChange(
      lanes,
      held.id,
      (record) => {
        if (record === undefined || !holds(record, held) || record.sessionId !== sessionId)
          return answer(false);
        const end = { now: now(), random: Math.random(), reported: true };
        const release = { reason: "the worker ended its session", delayMs: 0 };
        return change(follow(record, afterRelease(record, release, end)), true);
      },
      { known: held },
    );
    leases.drop(held.id);
    return released;
  }

  async #followChange({ id, state, revision }: TaskChange): Promise<void> {
    const known = this.#options.leases.get(id);
    if (known === undefined || state === TaskState.RUNNING || revision <= known.revision) return;
    await this.#checkLease(id);
  }

  /** Reads a lease that somebody else touched, and tells its session what became of it. */
  async #checkLease(id: string): Promise<void> {
    const { lanes, leases, mailbox } = this.#options;
    const known = leases.get(id);
    if (known === undefined) return;
    const record = await lanes.read(id);
    // Its own outcome may have come while this read was under way.
    if (leases.get(id) === undefined) return;
    const leaseToken = tokenOf(known);
    if (record === undefined || !holds(record, known)) {
      leases.drop(id);
      const status = create(LeaseStatusSchema, { leaseToken, verdict: LeaseVerdict.LOST });
      return mailbox.post(known.sessionId, status);
    }
    leases.keep(record);
    if (record.state !== TaskState.CANCELING) return;
    const verdict = LeaseVerdict.CANCEL_REQUESTED;
    const { cancelReason } = record;
    mailbox.post(known.sessionId, create(LeaseStatusSchema, { leaseToken, verdict, cancelReason }));
  }
}

/** The lease token of a record's current attempt. */
export function tokenOf(record: TaskRecord): Uint8Array {
  return encodeLeaseToken({ taskId: record.id, attempt: record.attempt, nonce: record.nonce });
}

function leasedTask(record: TaskRecord, now: number): LeasedTask {
  const deadlineAt = earliest(record.attemptDeadlineAt, record.totalDeadlineAt);
  return create(LeasedTaskSchema, {
    leaseToken: tokenOf(record),
    fencingToken: BigInt(record.attempt),
    taskId: record.id,
    spec: decodeSpec(record.spec),
    attempt: record.attempt,
    createTime: toTimestamp(record.createdAt),
    leaseTtl: toDuration(Math.max(0, record.leaseEndAt - now)),
    attemptTtl: deadlineAt === 0 ? undefined : toDuration(Math.max(0, deadlineAt - now)),
    checkpoint:
      record.checkpoint === undefined ? undefined : fromBinary(PayloadSchema, record.checkpoint),
    previousFailure:
      record.failure === undefined ? undefined : fromBinary(FailureSchema, record.failure),
    outputCount: BigInt(record.outputCount),
  });
}

function hex(token: Uint8Array): string {
  return Buffer.from(token).toString("hex");
}

/** Resolves when the signal aborts or the time is over. */
export function ended(signal: AbortSignal, waitMs: number): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, waitMs);
    signal.addEventListener("abort", end, { once: true });
  });
}
