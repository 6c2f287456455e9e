import { toBinary } from "@bufbuild/protobuf";
import type { Logger } from "pino";
import { TaskFilterSchema } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { Clock } from "../../core/clock.ts";
import { QTasksError } from "../../core/errors.ts";
import type { TaskRecord } from "../../core/record.ts";
import type { HandedOut, HandOutParams, Joint } from "../../storage/joint.ts";
import type * as contract from "../../storage/storage.ts";
import { noticeOf } from "../../storage/work.ts";
import type { StorageCalls, StorageFacts } from "./engine/storage-calls.ts";
import { Feed } from "./feed.ts";
import { MonotoneClock } from "./monotone-clock.ts";
import * as packing from "./record-packing.ts";
import { SqliteDocuments } from "./sqlite-documents.ts";
import { EngineThread } from "./thread/engine-thread.ts";

export interface SqliteStorageOptions {
  /** The file; made where there is none, in a folder that exists. One server has it for itself. */
  readonly path: string;
  /** For tests. @default the machine's clock */
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
  /** Logs kept per task. @default 1000 */
  readonly maxLogs?: number | undefined;
}

/** A storage, and the hand-out, in one SQLite file: durable, for one server on one machine. */
export class SqliteStorage implements Joint {
  readonly capabilities = { durable: true, distributed: false };
  readonly documents: contract.Documents;
  readonly #clock: MonotoneClock;
  readonly #feed: Feed<contract.StorageNotice>;
  readonly #thread: EngineThread<StorageCalls, StorageFacts>;
  #keyspaceId: string | undefined;

  constructor({ path, clock, logger, maxLogs = 1000 }: SqliteStorageOptions) {
    this.#clock = new MonotoneClock(clock);
    this.#feed = new Feed((err) => logger?.error({ err }, "a listener of the storage threw"));
    this.#thread = new EngineThread({
      engine: "storage",
      path,
      maxLogs,
      unavailable: "STORAGE_UNAVAILABLE",
      clock: this.#clock,
      onOpened: (facts) => this.#opened(facts),
      onWarning: (warning) => logger?.warn({ path }, warning),
    });
    this.documents = new SqliteDocuments(this.#thread, ({ kind, key }) =>
      this.#feed.publish({ kind: "document", documentKind: kind, key }),
    );
  }

  get keyspaceId(): string {
    if (this.#keyspaceId === undefined)
      throw new QTasksError("INTERNAL", "the storage has not been started");
    return this.#keyspaceId;
  }

  start(): Promise<void> {
    return this.#thread.start();
  }

  stop(): Promise<void> {
    return this.#thread.stop();
  }

  now(): number {
    return this.#clock.now();
  }

  ping(): Promise<void> {
    return this.#thread.call("ping", undefined);
  }

  async create(params: contract.CreateParams): Promise<readonly contract.CreateVerdict[]> {
    const answer = await this.#thread.call("create", packing.packCreate(params), ({ kinds }) =>
      this.#tell(
        params.tasks.map(({ record }) => record).filter((_, at) => kinds[at] === "created"),
      ),
    );
    return packing.createVerdicts(answer);
  }

  async read({
    ids,
  }: {
    readonly ids: readonly string[];
  }): Promise<readonly (TaskRecord | undefined)[]> {
    return packing.unpackFound(await this.#thread.call("read", { ids }));
  }

  async write(params: contract.WriteParams): Promise<readonly contract.WriteVerdict[]> {
    const answer = await this.#thread.call("write", packing.packWrite(params), ({ kinds }) =>
      this.#tell(
        params.changes.map(({ after }) => after).filter((_, at) => kinds[at] === "applied"),
      ),
    );
    return packing.writeVerdicts(answer);
  }

  renew(params: {
    readonly renewals: readonly contract.Renewal[];
  }): Promise<readonly contract.RenewVerdict[]> {
    return this.#thread.call("renew", params);
  }

  async remove(params: {
    readonly items: readonly contract.TaskVersion[];
  }): Promise<readonly contract.RemoveVerdict[]> {
    return packing.removeVerdicts(await this.#thread.call("remove", params));
  }

  async events(params: contract.EventsParams): Promise<contract.EventsPage> {
    return packing.unpackEvents(await this.#thread.call("events", params));
  }

  async list(params: contract.ListParams): Promise<contract.ListPage> {
    const filter = toBinary(TaskFilterSchema, params.filter);
    const answer = await this.#thread.call("list", { ...params, filter });
    return { records: packing.unpackRecords(answer), next: answer.next };
  }

  count(params: Parameters<Joint["count"]>[0]): Promise<contract.TaskCount> {
    const filter = toBinary(TaskFilterSchema, params.filter);
    return this.#thread.call("count", { filter, maxExamined: params.maxExamined });
  }

  queueStats(params: {
    readonly queues: readonly string[];
  }): Promise<readonly contract.QueueStats[]> {
    return this.#thread.call("queueStats", params);
  }

  async overdue(params: { readonly limit: number }): Promise<contract.Overdue> {
    const answer = await this.#thread.call("overdue", params);
    return { records: packing.unpackRecords(answer), nextAt: answer.nextAt };
  }

  purge(params: { readonly limit: number }): Promise<contract.Purged> {
    return this.#thread.call("purge", params);
  }

  intents(params: {
    readonly minAgeMs: number;
    readonly limit: number;
  }): Promise<readonly contract.Intent[]> {
    return this.#thread.call("intents", params);
  }

  dropIntents(params: { readonly ids: readonly string[] }): Promise<void> {
    return this.#thread.call("dropIntents", params);
  }

  async handOut(params: HandOutParams): Promise<HandedOut> {
    let records: TaskRecord[] = [];
    const { more, nextDueAt } = await this.#thread.call("handOut", params, (answer) => {
      records = packing.unpackRecords(answer);
      if (!answer.repeated) this.#tell(records);
    });
    return { records, more, nextDueAt };
  }

  subscribe(listener: (notice: contract.StorageNotice) => void): () => void {
    return this.#feed.subscribe(listener);
  }

  #opened({ keyspaceId, now }: StorageFacts): void {
    if (this.#keyspaceId !== undefined && this.#keyspaceId !== keyspaceId)
      throw new QTasksError(
        "STORAGE_UNAVAILABLE",
        "the SQLite file is another one than at the start",
      );
    this.#keyspaceId = keyspaceId;
    this.#clock.advanceTo(now);
  }

  #tell(records: readonly TaskRecord[]): void {
    if (records.length === 0) return;
    this.#feed.publish(noticeOf(records));
  }
}
