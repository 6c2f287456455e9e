import { setImmediate as nextTurn } from "node:timers/promises";
import { neverStill, systemClock, type Clock } from "../../core/clock.ts";
import { nonce } from "../../core/ids.ts";
import { isWaiting, type TaskRecord } from "../../core/record.ts";
import type { HandedOut, HandOutParams, Joint } from "../../storage/joint.ts";
import type * as contract from "../../storage/storage.ts";
import { noticeOf } from "../../storage/work.ts";
import { MemoryDocuments } from "./documents.ts";
import { Feed } from "./feed.ts";
import { HandOuts } from "./hand-outs.ts";
import { Intents } from "./intents.ts";
import { countTasks, listTasks, queueStats } from "./queries.ts";
import { Tasks } from "./tasks.ts";
import { createTask, removeTask, renewLease, REPEATED, writeTask } from "./writes.ts";

export interface MemoryStorageOptions {
  /** @default the machine's clock */
  readonly clock?: Clock | undefined;
  /** Logs kept per task. @default 1000 */
  readonly maxLogs?: number | undefined;
}

/**
 * The storage of tests and throw-away runs, and the model that the others are held to: plain
 * structures, gone with the process.
 */
export class MemoryStorage implements Joint {
  readonly capabilities = { durable: false, distributed: false };
  readonly keyspaceId = nonce();
  readonly documents: contract.Documents;
  readonly #clock: Clock;
  readonly #maxLogs: number;
  readonly #feed = new Feed<contract.StorageNotice>();
  readonly #tasks = new Tasks();
  readonly #handOuts = new HandOuts(this.#tasks);
  readonly #intents = new Intents();

  constructor(options: MemoryStorageOptions = {}) {
    this.#clock = neverStill(options.clock ?? systemClock);
    this.#maxLogs = options.maxLogs ?? 1000;
    this.documents = new MemoryDocuments(
      () => this.now(),
      ({ kind, key }) => this.#feed.publish({ kind: "document", documentKind: kind, key }),
    );
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  now(): number {
    return this.#clock.now();
  }

  async ping(): Promise<void> {}

  async create(params: contract.CreateParams): Promise<readonly contract.CreateVerdict[]> {
    // As from a datastore at the end of a wire: calls that come meanwhile make one batch, where each would make its own.
    const answered = nextTurn();
    const now = this.now();
    const created: TaskRecord[] = [];
    const verdicts = params.tasks.map((task) => {
      const verdict = createTask(this.#tasks, task, now);
      if (verdict.kind === "created") created.push(task.record);
      return verdict;
    });
    this.#written(created, params.intentId, now);
    await answered;
    return verdicts;
  }

  async read(params: {
    readonly ids: readonly string[];
  }): Promise<readonly (TaskRecord | undefined)[]> {
    return params.ids.map((id) => this.#tasks.get(id)?.record);
  }

  async write(params: contract.WriteParams): Promise<readonly contract.WriteVerdict[]> {
    const now = this.now();
    const written: TaskRecord[] = [];
    const by = { now, maxLogs: this.#maxLogs };
    const verdicts = params.changes.map((change) => {
      const verdict = writeTask(this.#tasks, change, by);
      if (verdict.kind === "applied" && verdict !== REPEATED) written.push(change.after);
      return verdict;
    });
    this.#written(written, params.intentId, now);
    return verdicts;
  }

  async renew(params: {
    readonly renewals: readonly contract.Renewal[];
  }): Promise<readonly contract.RenewVerdict[]> {
    const now = this.now();
    return params.renewals.map((renewal) => renewLease(this.#tasks, renewal, now));
  }

  async remove(params: {
    readonly items: readonly contract.TaskVersion[];
  }): Promise<readonly contract.RemoveVerdict[]> {
    return params.items.map((item) => removeTask(this.#tasks, item));
  }

  async events(params: contract.EventsParams): Promise<contract.EventsPage> {
    return this.#tasks.get(params.id)?.events?.page(params) ?? { events: [], more: false };
  }

  async list(params: contract.ListParams): Promise<contract.ListPage> {
    return listTasks(this.#tasks, params, this.now());
  }

  async count(params: Parameters<Joint["count"]>[0]): Promise<contract.TaskCount> {
    return countTasks(this.#tasks, params, this.now());
  }

  async queueStats(params: {
    readonly queues: readonly string[];
  }): Promise<readonly contract.QueueStats[]> {
    return queueStats(this.#tasks, params.queues, this.now());
  }

  async overdue(params: { readonly limit: number }): Promise<contract.Overdue> {
    const entries = this.#tasks.attention.due(this.now(), params.limit);
    return {
      records: entries.map((entry) => entry.record),
      nextAt: this.#tasks.attention.afterFirst(entries.length),
    };
  }

  async purge(params: { readonly limit: number }): Promise<contract.Purged> {
    const entries = this.#tasks.purge.due(this.now(), params.limit);
    for (const entry of entries) this.#tasks.remove(entry);
    return { count: entries.length, nextAt: this.#tasks.purge.firstAt };
  }

  async intents(params: {
    readonly minAgeMs: number;
    readonly limit: number;
  }): Promise<readonly contract.Intent[]> {
    return this.#intents.notedBefore(this.now() - params.minAgeMs, params.limit);
  }

  async dropIntents(params: { readonly ids: readonly string[] }): Promise<void> {
    this.#intents.drop(params.ids);
  }

  async handOut(params: HandOutParams): Promise<HandedOut> {
    const { repeated, ...handedOut } = this.#handOuts.take(params, this.now());
    if (!repeated) this.#written(handedOut.records, undefined, this.now());
    return handedOut;
  }

  subscribe(listener: (notice: contract.StorageNotice) => void): () => void {
    return this.#feed.subscribe(listener);
  }

  #written(records: readonly TaskRecord[], intentId: string | undefined, now: number): void {
    if (records.length === 0) return;
    if (intentId !== undefined) {
      const waiting = records.filter((record) => isWaiting(record.state));
      const ids = waiting.map((record) => record.id);
      this.#intents.note(intentId, ids, now);
    }
    this.#feed.publish(noticeOf(records));
  }
}
