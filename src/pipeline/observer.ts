/** Await and watch: interest is registered first and the record read second, so that no change is missed. */
import type { TaskFilter } from "../../gen/qtasksapi/v1/task_pb.ts";
import { QTasksError, taskNotFound } from "../core/errors.ts";
import { recordPredicate, type RecordPredicate } from "../core/filter.ts";
import type { Limits } from "../core/limits.ts";
import { isTerminal, type TaskRecord } from "../core/record.ts";
import type { Cursor, ListPage, Storage, StoredEvent } from "../storage/storage.ts";
import type { Interest } from "./interest.ts";
import type { Lanes } from "./lanes.ts";
import { isWorthReading, News, startTimer } from "./news.ts";
import { repeat } from "./repeat.ts";

export interface AwaitParams {
  readonly taskId: string;
  readonly waitMs: number;
  /** Answer on any change past this revision too. */
  readonly afterRevision?: number | undefined;
  /** Ends the wait with the state so far. */
  readonly signal: AbortSignal;
}

export interface AwaitManyParams {
  readonly taskIds: readonly string[];
  readonly minCount: number;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

export interface Awaited {
  /** The terminal ones. */
  readonly done: readonly TaskRecord[];
  readonly missing: readonly string[];
}

/** What a watch of one task yields. */
export type TaskWatchEvent =
  | { readonly kind: "task"; readonly record: TaskRecord }
  | { readonly kind: "event"; readonly event: StoredEvent };

export interface WatchParams {
  readonly taskId: string;
  readonly afterRevision?: number | undefined;
  /** Set: outputs and logs too. */
  readonly afterSequence?: number | undefined;
}

const EVENTS_PER_READ = 200;
const EVENT_BYTES_PER_READ = 1 << 20;

export class Observer {
  readonly #lanes: Lanes;
  readonly #storage: Storage;
  readonly #interest: Interest;
  readonly #limits: Limits;

  constructor(lanes: Lanes, storage: Storage, interest: Interest, limits: Limits) {
    this.#lanes = lanes;
    this.#storage = storage;
    this.#interest = interest;
    this.#limits = limits;
  }

  /** Tasks that somebody awaits or watches by id. */
  get observedCount(): number {
    return this.#interest.size;
  }

  /** The record once it is terminal or changed, or as it is when the wait is over. TASK_NOT_FOUND. */
  awaitOne(params: AwaitParams): Promise<TaskRecord> {
    return this.#await(params, () => this.#lanes.read(params.taskId));
  }

  /** As {@link awaitOne} for a task that `make` creates under this id: as it is known from its first moment, nothing is read. */
  awaitNew(params: AwaitParams, make: () => Promise<TaskRecord>): Promise<TaskRecord> {
    return this.#await(params, make);
  }

  async #await(
    params: AwaitParams,
    first: () => Promise<TaskRecord | undefined>,
  ): Promise<TaskRecord> {
    const { taskId, afterRevision } = params;
    const news = new News();
    let told: TaskRecord | undefined;
    const end = this.#interest.inTask(taskId, (change, record) => {
      told = record ?? told;
      news.listener(change);
    });
    const timer = startTimer(news, params.waitMs, params.signal);
    try {
      for (let found = await first(); ; found = told ?? (await this.#lanes.read(taskId))) {
        const record = told ?? found;
        if (record === undefined) throw taskNotFound(taskId);
        const moved = afterRevision !== undefined && record.revision > afterRevision;
        if (isTerminal(record.state) || moved || timer.over) return record;
        await news.next((change) => isWorthReading(change, afterRevision));
        // The notice of an end that this server writes comes before the verdict, with which the record is told.
        if (told === undefined) await this.#lanes.landing(taskId);
      }
    } finally {
      timer.end();
      end();
    }
  }

  /** As soon as `minCount` are terminal, those that are; fewer when the wait is over. */
  async awaitMany(params: AwaitManyParams): Promise<Awaited> {
    const pending = new Set(params.taskIds);
    const done = new Map<string, TaskRecord>();
    const missing: string[] = [];
    /** Those to look at again, with the record where it was told. */
    const ended = new Map<string, TaskRecord | undefined>();
    const news = new News();
    const ends = [...pending].map((id) =>
      this.#interest.inTask(id, (change, record) => {
        if (change === undefined) for (const other of pending) ended.set(other, undefined);
        else if (isTerminal(change.state)) ended.set(id, record ?? ended.get(id));
        if (ended.size > 0) news.listener(change);
      }),
    );
    const timer = startTimer(news, params.waitMs, params.signal);
    const look = async (ids: readonly string[]): Promise<void> => {
      const told = ids.map((id) => ended.get(id));
      ended.clear();
      const records = await Promise.all(
        ids.map(async (id, at) => told[at] ?? this.#lanes.read(id)),
      );
      for (const [index, id] of ids.entries()) {
        const record = records[index];
        if (record === undefined) missing.push(id);
        else if (isTerminal(record.state)) done.set(id, record);
        else continue;
        pending.delete(id);
      }
    };
    try {
      const wanted = Math.min(Math.max(1, params.minCount), pending.size);
      await look([...pending]);
      // Ids that are missing will never end: they count, or the caller would wait for nothing.
      while (done.size + missing.length < wanted && !timer.over) {
        await news.next(() => true);
        for (const [id, record] of ended) if (record === undefined) await this.#lanes.landing(id);
        await look([...ended.keys()].filter((id) => pending.has(id)));
      }
      return { done: [...done.values()], missing };
    } finally {
      timer.end();
      for (const end of ends) end();
    }
  }

  /** A snapshot, unless it is no news, then every change; ends with the terminal record. */
  async *watchOne(params: WatchParams, signal: AbortSignal): AsyncGenerator<TaskWatchEvent> {
    const news = new News();
    const end = this.#interest.inTask(params.taskId, news.listener);
    const wake = (): void => news.listener(undefined);
    signal.addEventListener("abort", wake, { once: true });
    let revision = params.afterRevision ?? 0;
    let sequence = params.afterSequence;
    try {
      while (!signal.aborted) {
        const record = await this.#lanes.read(params.taskId);
        if (record === undefined) throw taskNotFound(params.taskId);
        if (sequence !== undefined && record.eventSequence > sequence)
          for await (const event of this.#eventsUpTo(params.taskId, sequence, record)) {
            sequence = event.sequence;
            yield { kind: "event", event };
          }
        const done = isTerminal(record.state);
        // The terminal task is said also to a watcher that has seen it: the stream ends with it.
        if (record.revision > revision || done) yield { kind: "task", record };
        if (done) return;
        revision = record.revision;
        await news.next((change) => isWorthReading(change, revision));
      }
    } finally {
      signal.removeEventListener("abort", wake);
      end();
    }
  }

  /**
   * First every match as it is, then undefined for the end of the snapshot, then changes of tasks that
   * match or did. TOO_MANY_MATCHES where the snapshot would be too large.
   */
  async *watchMany(
    filter: TaskFilter,
    signal: AbortSignal,
  ): AsyncGenerator<TaskRecord | undefined> {
    const news = new News();
    const changed = new Set<string>();
    let missed = false;
    const end = this.#interest.inAll((change) => {
      if (change === undefined) missed = true;
      else changed.add(change.id);
      news.listener(change);
    });
    const wake = (): void => news.listener(undefined);
    signal.addEventListener("abort", wake, { once: true });
    const matches = recordPredicate(filter);
    const revisions = new Map<string, number>();
    try {
      for (const record of await this.#snapshot(filter)) {
        revisions.set(record.id, record.revision);
        yield record;
      }
      yield undefined;
      while (!signal.aborted) {
        await news.next(() => true);
        if (missed) {
          missed = false;
          for (const id of revisions.keys()) changed.add(id);
          for (const record of await this.#snapshot(filter)) changed.add(record.id);
        }
        const ids = [...changed];
        changed.clear();
        yield* this.#readChanged(ids, matches, revisions);
      }
    } finally {
      signal.removeEventListener("abort", wake);
      end();
    }
  }

  async *#readChanged(
    ids: readonly string[],
    matches: RecordPredicate,
    revisions: Map<string, number>,
  ): AsyncGenerator<TaskRecord> {
    const records = await Promise.all(ids.map((id) => this.#lanes.read(id)));
    for (const record of records) {
      if (record === undefined) continue;
      const known = revisions.get(record.id);
      const isMatch = matches(record, this.#storage.now());
      if (known === record.revision || (!isMatch && known === undefined)) continue;
      // A task that stopped matching is told once more, and then forgotten.
      if (isMatch && !isTerminal(record.state)) revisions.set(record.id, record.revision);
      else revisions.delete(record.id);
      yield record;
    }
  }

  async #snapshot(filter: TaskFilter): Promise<readonly TaskRecord[]> {
    const { maxWatchedTasks } = this.#limits;
    const records: TaskRecord[] = [];
    let after: Cursor | undefined;
    do {
      const params = { filter, after, cutoffAt: 0, limit: 500, maxExamined: 2_000 };
      const page: ListPage = await repeat(() => this.#storage.list(params));
      records.push(...page.records);
      if (records.length > maxWatchedTasks)
        throw new QTasksError(
          "TOO_MANY_MATCHES",
          `more than ${maxWatchedTasks} tasks match: narrow the filter`,
        );
      after = page.next;
    } while (after !== undefined);
    return records;
  }

  async *#eventsUpTo(
    id: string,
    afterSequence: number,
    record: TaskRecord,
  ): AsyncGenerator<StoredEvent> {
    let after = afterSequence;
    for (let more = true; more && after < record.eventSequence;) {
      const page = await repeat(() =>
        this.#storage.events({
          id,
          afterSequence: after,
          limit: EVENTS_PER_READ,
          maxBytes: EVENT_BYTES_PER_READ,
        }),
      );
      yield* page.events;
      after = page.events.at(-1)?.sequence ?? record.eventSequence;
      more = page.more;
    }
  }
}
