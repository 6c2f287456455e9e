/** What workers ask of the pipeline: register, poll, heartbeat, end. */
import { create } from "@bufbuild/protobuf";
import {
  DirectiveKind,
  DirectiveSchema,
  type LeasedTask,
  type LeaseRenewal,
  type RegisterWorkerRequest,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { Timings } from "../core/limits.ts";
import { attentionAt, type TaskRecord } from "../core/record.ts";
import type { SpecCodec } from "../core/spec-codec.ts";
import type { StorageNotice } from "../storage/storage.ts";
import type { Definitions } from "./definitions.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { handedOutEvent, type PipelineHooks } from "./hooks.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";
import { countLeasable, leasedTask } from "./leased-task.ts";
import type { Leases } from "./leases.ts";
import type { Mailbox, News } from "./mailbox.ts";
import { chooseQueues, type QueueChoice } from "./queue-choice.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";

export interface PollParams {
  readonly sessionId: string;
  /** Credit; 0: news only. */
  readonly max: number;
  /** Of the answer; one task is given whatever its size. */
  readonly maxBytes: number;
  readonly waitMs: number;
  /** Takes only from these of the session's queues, in this order; empty: from all of them, in turn. */
  readonly queues: readonly string[];
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
  readonly leases: Leases;
  readonly keeper: LeaseKeeper;
  readonly sessions: Sessions;
  readonly mailbox: Mailbox;
  readonly definitions: Definitions;
  readonly dispatcher: Dispatcher;
  readonly timings: Timings;
  readonly specs: SpecCodec;
  readonly now: () => number;
  /** Finds the records of the leases of a session. */
  readonly leasedBy: (sessionId: string) => Promise<readonly TaskRecord[]>;
  /** Tells the rescuer of a time at which it must look. */
  readonly attention: (at: number) => void;
  /** Told of each task that is handed out. */
  readonly handedOut?: PipelineHooks["handedOut"];
}

export class Workers {
  readonly #options: WorkersOptions;

  constructor(options: WorkersOptions) {
    this.#options = options;
  }

  /** Opens or renews the session and applies its definitions. `local`: its attempts run in this process. */
  async register(request: RegisterWorkerRequest, local: boolean): Promise<Session> {
    await this.#options.definitions.apply(request.definitions);
    const session = await this.#options.sessions.register(request, local);
    // Its parked polls ask for what it could run before: they answer, and the next ones ask for the rest too.
    this.#options.mailbox.ring(session.id);
    return session;
  }

  /** A worker whose session is over is told to register again. FIELD_VIOLATION for queues that are not the session's. */
  async poll(params: PollParams): Promise<Polled> {
    const { sessions, mailbox, now } = this.#options;
    const session = await sessions.touch(params.sessionId);
    if (session === undefined) return { tasks: [], ...registerAgain(params.sessionId) };
    const choice = chooseQueues(session.info.queues, params.queues);
    session.lastPollAt = now();
    session.freeSlots = params.max;
    const bell = new AbortController();
    const ring = (): void => bell.abort();
    const unhang = mailbox.hang(session.id, ring);
    if (params.signal.aborted) ring();
    params.signal.addEventListener("abort", ring, { once: true });
    try {
      const tasks = await this.#ask(session, { ...params, ...choice, signal: bell.signal });
      return { tasks, ...mailbox.collect(session) };
    } finally {
      params.signal.removeEventListener("abort", ring);
      unhang();
    }
  }

  /** Renews the leases that it lists, by their tokens alone: also those of a session that is over. */
  async heartbeat(params: HeartbeatParams): Promise<News> {
    const { sessions, mailbox, keeper } = this.#options;
    const session = await sessions.touch(params.sessionId);
    if (session !== undefined) {
      session.freeSlots = params.freeSlots;
      if (params.draining && !session.draining) {
        session.draining = true;
        mailbox.ring(session.id);
      }
    }
    const renewed = await Promise.all(params.renewals.map((renewal) => keeper.renew(renewal)));
    const { leaseStatuses, directives } =
      session === undefined ? registerAgain(params.sessionId) : mailbox.collect(session);
    // What the storage says now is newer than what was posted for the same lease.
    const answered = new Set(renewed.map((status) => hex(status.leaseToken)));
    const others = leaseStatuses.filter((status) => !answered.has(hex(status.leaseToken)));
    return { leaseStatuses: [...renewed, ...others], directives };
  }

  /** Ends the session and gives back what it still holds, uncounted. */
  async unregister(sessionId: string): Promise<number> {
    const { sessions, mailbox, keeper, leasedBy } = this.#options;
    mailbox.forget(sessionId);
    const held = await leasedBy(sessionId);
    const released = await Promise.all(held.map((record) => keeper.release(record)));
    await sessions.end(sessionId);
    return released.filter(Boolean).length;
  }

  /** Word of what others did to leases and sessions of this server. */
  async follow(notice: StorageNotice): Promise<void> {
    const { sessions, mailbox, keeper } = this.#options;
    await keeper.follow(notice);
    const session = await sessions.follow(notice);
    if (session !== undefined) mailbox.ring(session.id);
  }

  /** Writes the sessions' signs of life, and forgets what was kept for those that are over. */
  async flush(): Promise<void> {
    const { sessions, mailbox } = this.#options;
    for (const sessionId of await sessions.flush()) mailbox.forget(sessionId);
  }

  async #ask(session: Session, params: PollParams & QueueChoice): Promise<LeasedTask[]> {
    const { mailbox, dispatcher, timings, now, specs } = this.#options;
    if (mailbox.hasNews(session) || (session.draining && params.max > 0)) return [];
    if (params.max === 0) {
      await ended(params.signal, params.waitMs);
      return [];
    }
    const records = await dispatcher.handOut({
      ...params,
      workerId: session.info.workerId,
      names: session.info.names,
      turn: session,
      leaseMs: session.local ? timings.leaseMs : timings.deliveryTimeoutMs,
      delivered: session.local,
    });
    const leased = await this.#fitting(records, params.maxBytes);
    if (leased.length > 0) this.#handedOut(session, leased);
    const at = now();
    return leased.map((record) => leasedTask(record, at, specs));
  }

  /** Checkpoints and failures may make the answer larger than the hand-out reckoned: the rest goes back. */
  async #fitting(records: readonly TaskRecord[], maxBytes: number): Promise<readonly TaskRecord[]> {
    const count = countLeasable(records, maxBytes);
    if (count === records.length) return records;
    await this.#options.keeper.withdraw(records.slice(count));
    return records.slice(0, count);
  }

  #handedOut(session: Session, records: readonly TaskRecord[]): void {
    const { leases, attention, now, handedOut } = this.#options;
    session.lastLeaseAt = now();
    session.freeSlots = Math.max(0, session.freeSlots - records.length);
    for (const record of records) {
      leases.keep(record);
      attention(attentionAt(record));
      handedOut?.(handedOutEvent(record));
    }
  }
}

function registerAgain(sessionId: string): News {
  const directive = create(DirectiveSchema, {
    kind: DirectiveKind.REGISTER,
    reason: `no session ${sessionId} is open: register again`,
  });
  return { leaseStatuses: [], directives: [directive] };
}

function hex(token: Uint8Array): string {
  return Buffer.from(token).toString("hex");
}

/** Resolves when the signal aborts or the time is over. */
function ended(signal: AbortSignal, waitMs: number): Promise<void> {
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
