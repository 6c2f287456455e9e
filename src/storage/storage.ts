/**
 * The contract of a storage: the record of every task and what belongs to it. A storage never
 * decides what happens next: transitions are made by `core/transitions.ts` and written by
 * compare-and-set on the revision.
 *
 * For every method: batches in, a verdict for each item out, in order. Every write may be repeated
 * with the same arguments and answers as the first time. A datastore that can't be reached is a
 * QTasksError STORAGE_UNAVAILABLE, and it is then open whether the write was made.
 */
import type { TaskFilter, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { Cursor } from "../core/cursor.ts";
import type { TaskRecord } from "../core/record.ts";

export type { Cursor } from "../core/cursor.ts";

export interface Storage {
  readonly capabilities: StorageCapabilities;
  /** Names the data, for its whole life: made when the keyspace is first used. After start. */
  readonly keyspaceId: string;

  /** Opens the datastore. Idempotent. BACKEND_LOCKED where another process has it for itself. */
  start(): Promise<void>;
  /** Closes it; what was acknowledged is kept. Idempotent, also before start. */
  stop(): Promise<void>;
  /** The storage's clock, ms since the epoch; a close estimate where it is remote. Never runs backwards. */
  now(): number;
  /** The datastore answers; rejects with STORAGE_UNAVAILABLE else. */
  ping(): Promise<void>;

  /**
   * Adds tasks, all of them waiting. With `intentId`, notes an intent together with them. A repeat
   * finds its own tasks: "exists".
   */
  create(params: CreateParams): Promise<readonly CreateVerdict[]>;
  /** The records as they are; undefined where there is none. */
  read(params: { readonly ids: readonly string[] }): Promise<readonly (TaskRecord | undefined)[]>;
  /**
   * Replaces records by compare-and-set on the revision, with the events of the change. Indexes,
   * counters and the feed follow in the same transaction. An `after` whose head is what is stored
   * already is a repeat: applied. Where the same lease goes on, what renewals made of it since the
   * record was read stays (`keepRenewal` in core/record.ts). One change per task in a batch.
   */
  write(params: WriteParams): Promise<readonly WriteVerdict[]>;
  /**
   * Renews leases that are current, expired or not: sets `delivered` and moves `leaseEndAt` to
   * `leaseEnd(record, now, leaseMs)` (core/record.ts). No new revision, no entry in the feed.
   */
  renew(params: { readonly renewals: readonly Renewal[] }): Promise<readonly RenewVerdict[]>;
  /** Deletes terminal tasks of that revision with all that belongs to them. A task that is gone is removed. */
  remove(params: { readonly items: readonly TaskVersion[] }): Promise<readonly RemoveVerdict[]>;

  /** Events with a sequence above `afterSequence`, oldest first. */
  events(params: EventsParams): Promise<EventsPage>;
  /** Matching records, newest first (createdAt, then id, both descending). A page may be short, even empty, with `next` set. */
  list(params: ListParams): Promise<ListPage>;
  /** Exact from counters for filters of queues and states alone; else by examining up to `maxExamined`. */
  count(params: { readonly filter: TaskFilter; readonly maxExamined: number }): Promise<TaskCount>;
  /** State of queues that have, or had, tasks; others are left out. Empty `queues`: of all, by name. */
  queueStats(params: { readonly queues: readonly string[] }): Promise<readonly QueueStats[]>;

  /** Records whose `attentionAt` (core/record.ts) has passed, earliest first, and when the next one will. */
  overdue(params: { readonly limit: number }): Promise<Overdue>;
  /** Deletes terminal tasks whose `purgeAt` has passed, with events, tags and unique keys. */
  purge(params: { readonly limit: number }): Promise<Purged>;

  /** Intents noted at least `minAgeMs` ago, oldest first. */
  intents(params: {
    readonly minAgeMs: number;
    readonly limit: number;
  }): Promise<readonly Intent[]>;
  /** Forgets intents. */
  dropIntents(params: { readonly ids: readonly string[] }): Promise<void>;

  readonly documents: Documents;

  /**
   * Notices of every server's changes, in order for one task. Those of a caller's own writes come
   * too, no earlier than the write's answer may be awaited. Returns the function that ends it.
   */
  subscribe(listener: (notice: StorageNotice) => void): () => void;
}

export interface StorageCapabilities {
  /** Tasks survive the process. */
  readonly durable: boolean;
  /** Several servers may use it at once. */
  readonly distributed: boolean;
}

/** An intent: "these waiting tasks are about to be published". */
export interface Intent {
  /** 32 hex digits, made before the call. */
  readonly id: string;
  readonly taskIds: readonly string[];
}

export interface CreateParams {
  readonly tasks: readonly NewTask[];
  /** Id of the intent to note for those created. Composed pairs only. */
  readonly intentId?: string | undefined;
}

export interface NewTask {
  readonly record: TaskRecord;
  /** The unique key to hold; see `core/tags.ts` for its tag. */
  readonly unique?: UniqueClaim | undefined;
}

export interface UniqueClaim {
  /** Held until then, whether the task has ended or not, ms since the epoch; 0: until it is terminal. */
  readonly untilAt: number;
  /** A holder of this id does not count: it is being replaced. */
  readonly replaces?: string | undefined;
}

export type CreateVerdict =
  | { readonly kind: "created" }
  /** The id is taken, by this record. A repeat of the same create finds its own task here. */
  | { readonly kind: "exists"; readonly record: TaskRecord }
  /** The unique key is held by this task. */
  | { readonly kind: "held"; readonly record: TaskRecord };

export interface TaskVersion {
  readonly id: string;
  readonly revision: number;
}

export interface WriteParams {
  readonly changes: readonly Change[];
  /** Id of the intent to note for those that become waiting. Composed pairs only. */
  readonly intentId?: string | undefined;
}

/** A record that replaces the stored one. A stored record of another creation, an earlier or later life of the id, is a conflict. */
export interface Change {
  /** Revision that the stored record must have. */
  readonly revision: number;
  /** Set: the stored lease must end then. A renewal, which makes no revision, is a conflict then. */
  readonly leaseEndAt?: number | undefined;
  readonly after: TaskRecord;
  readonly events?: readonly StoredEvent[] | undefined;
  /** Takes the task's unique key again, or answers "held". */
  readonly claim?: UniqueClaim | undefined;
}

export interface StoredEvent {
  readonly sequence: number;
  /** Logs beyond the storage's `maxLogs` (default 1,000 per task) are trimmed, the oldest first; outputs are not. */
  readonly kind: "output" | "log";
  /** Encoded TaskEvent. */
  readonly body: Uint8Array;
}

export type WriteVerdict =
  | { readonly kind: "applied" }
  /** Another write came first; the record as it is, undefined where it is gone. */
  | { readonly kind: "conflict"; readonly record: TaskRecord | undefined }
  | { readonly kind: "held"; readonly record: TaskRecord };

export interface Renewal {
  readonly id: string;
  readonly attempt: number;
  readonly nonce: string;
  readonly leaseMs: number;
}

export type RenewVerdict =
  | {
      readonly kind: "held";
      readonly leaseEndAt: number;
      /** The task is CANCELING. */
      readonly canceling: boolean;
      readonly cancelReason: string;
    }
  | { readonly kind: "lost" };

export type RemoveVerdict =
  | { readonly kind: "removed" }
  /** Not terminal, or of another revision. */
  | { readonly kind: "conflict"; readonly record: TaskRecord };

export interface EventsParams {
  readonly id: string;
  readonly afterSequence: number;
  readonly limit: number;
  /** The page ends before it exceeds this many bytes, but holds one event at least. */
  readonly maxBytes: number;
}

export interface EventsPage {
  readonly events: readonly StoredEvent[];
  readonly more: boolean;
}

export interface ListParams {
  /** Evaluated by `core/filter.ts`; an empty one matches everything. */
  readonly filter: TaskFilter;
  readonly after?: Cursor | undefined;
  /** Only tasks created before then and, where terminal, ended before then; 0: no limit. */
  readonly cutoffAt: number;
  readonly limit: number;
  /** Records that one call reads at the most, matching or not. */
  readonly maxExamined: number;
}

export interface ListPage {
  readonly records: readonly TaskRecord[];
  /** Unset at the end, and only there. */
  readonly next?: Cursor | undefined;
}

export interface TaskCount {
  readonly count: number;
  readonly approximate: boolean;
  /** By state as read now: due tasks are PENDING. States without tasks are left out. */
  readonly states: ReadonlyMap<TaskState, number>;
}

export interface QueueStats {
  readonly queue: string;
  readonly states: ReadonlyMap<TaskState, number>;
  /** `dueAt` of the PENDING task that has been due the longest; 0: none is pending. */
  readonly oldestPendingAt: number;
  /** Names with waiting tasks. */
  readonly waitingNames: readonly string[];
}

export interface Overdue {
  readonly records: readonly TaskRecord[];
  /** When the next record, beyond these, becomes overdue; 0: none is known. */
  readonly nextAt: number;
}

export interface Purged {
  readonly count: number;
  /** When the next purge finds something, at the earliest; 0: nothing waits for it. */
  readonly nextAt: number;
}

/** Something that servers should know; a hint to look, never the truth itself. */
export type StorageNotice =
  | {
      readonly kind: "changes";
      readonly changes: readonly TaskChange[];
      /** Work that became ready, or will at `dueAt`; one entry per queue and name of the batch. */
      readonly work: readonly Work[];
    }
  | { readonly kind: "document"; readonly documentKind: string; readonly key: string }
  /** Notices may have been missed: read again whatever matters. */
  | { readonly kind: "gap" };

export interface TaskChange {
  readonly id: string;
  /** As stored. */
  readonly state: TaskState;
  readonly revision: number;
}

export interface Work {
  readonly queue: string;
  readonly name: string;
  readonly count: number;
  /** The earliest due time among them. */
  readonly dueAt: number;
}

/**
 * Small versioned values beside the tasks: sessions, definitions, pauses, shared configuration.
 * Meant for thousands, not millions.
 */
export interface Documents {
  get(params: {
    readonly keys: readonly DocumentKey[];
  }): Promise<readonly (Document | undefined)[]>;
  /** All live documents of a kind, by key. */
  list(params: { readonly kind: string }): Promise<readonly Document[]>;
  put(params: { readonly items: readonly DocumentPut[] }): Promise<readonly DocumentVerdict[]>;
  /** A document that is gone is no error. Notifies where there was one. */
  remove(params: { readonly keys: readonly DocumentKey[] }): Promise<void>;
}

export interface DocumentKey {
  readonly kind: string;
  readonly key: string;
}

export interface Document extends DocumentKey {
  /** Grows by one with each put, from 1. */
  readonly version: number;
  readonly value: Uint8Array;
  readonly updatedAt: number;
  /** Gone from then on; 0: stays. */
  readonly expiresAt: number;
}

export interface DocumentPut extends DocumentKey {
  readonly value: Uint8Array;
  /** From now; unset: stays. */
  readonly ttlMs?: number | undefined;
  /**
   * Set: only if the document has this version; 0: only if there is none. The next version with
   * this very value is a repeat: "put".
   */
  readonly expectedVersion?: number | undefined;
  /** Unset: true. False where nobody waits for the news, such as a session that is seen again. */
  readonly notify?: boolean | undefined;
}

export type DocumentVerdict =
  | { readonly kind: "put"; readonly document: Document }
  | { readonly kind: "conflict"; readonly document: Document | undefined };
