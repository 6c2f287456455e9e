import { toBinary } from "@bufbuild/protobuf";
import { TaskFilterSchema } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { StorageCalls, StorageFacts } from "../../src/backends/sqlite/engine/storage-calls.ts";
import { Feed } from "../../src/backends/sqlite/feed.ts";
import * as packing from "../../src/backends/sqlite/record-packing.ts";
import { SqliteDocuments } from "../../src/backends/sqlite/sqlite-documents.ts";
import { MonotoneClock } from "../../src/backends/sqlite/monotone-clock.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { TaskRecord } from "../../src/core/record.ts";
import type { HandedOut, HandOutParams, Joint } from "../../src/storage/joint.ts";
import type * as contract from "../../src/storage/storage.ts";
import { noticeOf } from "../../src/storage/work.ts";
import { DirectEngine } from "./direct-engine.ts";

type Engine = DirectEngine<StorageCalls, StorageFacts>;

/** SQLite's storage with its engine in this thread and its file in memory. */
export class DirectStorage implements Joint {
  // More than one server may share it in a model: it is in one process with them.
  readonly capabilities = { durable: true, distributed: false };
  readonly documents: contract.Documents;
  readonly engine: Engine;
  readonly #clock: MonotoneClock;
  readonly #feed = new Feed<contract.StorageNotice>((thrown) =>
    process.emitWarning(String(thrown)),
  );

  static async open(clock: Clock, maxLogs = 1000): Promise<DirectStorage> {
    const options = { engine: "storage", clock, maxLogs } as const;
    return new DirectStorage(await DirectEngine.open(options), clock);
  }

  private constructor(engine: Engine, clock: Clock) {
    this.engine = engine;
    this.#clock = new MonotoneClock(clock);
    // Documents know no more of the thread than its calls.
    this.documents = new SqliteDocuments(engine as never, ({ kind, key }) =>
      this.#feed.publish({ kind: "document", documentKind: kind, key }),
    );
  }

  get keyspaceId(): string {
    return this.engine.facts.keyspaceId;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  now(): number {
    return this.#clock.now();
  }

  async ping(): Promise<void> {}

  async create(params: contract.CreateParams) {
    const answer = await this.engine.call("create", packing.packCreate(params), ({ kinds }) =>
      this.#tell(params.tasks.flatMap(({ record }, at) => (kinds[at] === "created" ? record : []))),
    );
    return packing.createVerdicts(answer);
  }

  async read({ ids }: { readonly ids: readonly string[] }) {
    return packing.unpackFound(await this.engine.call("read", { ids }));
  }

  async write(params: contract.WriteParams) {
    const answer = await this.engine.call("write", packing.packWrite(params), ({ kinds }) =>
      this.#tell(params.changes.flatMap(({ after }, at) => (kinds[at] === "applied" ? after : []))),
    );
    return packing.writeVerdicts(answer);
  }

  renew(params: { readonly renewals: readonly contract.Renewal[] }) {
    return this.engine.call("renew", params);
  }

  async remove(params: { readonly items: readonly contract.TaskVersion[] }) {
    return packing.removeVerdicts(await this.engine.call("remove", params));
  }

  async events(params: contract.EventsParams) {
    return packing.unpackEvents(await this.engine.call("events", params));
  }

  async list(params: contract.ListParams): Promise<contract.ListPage> {
    const filter = toBinary(TaskFilterSchema, params.filter);
    const answer = await this.engine.call("list", { ...params, filter });
    return { records: packing.unpackRecords(answer), next: answer.next };
  }

  count({ filter, maxExamined }: Parameters<Joint["count"]>[0]) {
    return this.engine.call("count", { filter: toBinary(TaskFilterSchema, filter), maxExamined });
  }

  queueStats(params: { readonly queues: readonly string[] }) {
    return this.engine.call("queueStats", params);
  }

  async overdue(params: { readonly limit: number }): Promise<contract.Overdue> {
    const answer = await this.engine.call("overdue", params);
    return { records: packing.unpackRecords(answer), nextAt: answer.nextAt };
  }

  purge(params: { readonly limit: number }) {
    return this.engine.call("purge", params);
  }

  intents(params: { readonly minAgeMs: number; readonly limit: number }) {
    return this.engine.call("intents", params);
  }

  dropIntents(params: { readonly ids: readonly string[] }) {
    return this.engine.call("dropIntents", params);
  }

  async handOut(params: HandOutParams): Promise<HandedOut> {
    const answer = await this.engine.call("handOut", params, (value) => {
      if (!value.repeated) this.#tell(packing.unpackRecords(value));
    });
    const { more, nextDueAt } = answer;
    return { records: packing.unpackRecords(answer), more, nextDueAt };
  }

  subscribe(listener: (notice: contract.StorageNotice) => void): () => void {
    return this.#feed.subscribe(listener);
  }

  #tell(records: readonly TaskRecord[]): void {
    if (records.length > 0) this.#feed.publish(noticeOf(records));
  }
}
