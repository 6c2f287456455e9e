/**
 * Makes good what a composed pair can lose between its two writes: publishes intents that outlived
 * their publish, and all that waits when the broker's epoch says that messages may be gone.
 */
import { create } from "@bufbuild/protobuf";
import type { Logger } from "pino";
import { TaskFilterSchema, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { Broker } from "../broker/broker.ts";
import { isWaiting, type TaskRecord } from "../core/record.ts";
import type { Cursor, ListPage, Storage } from "../storage/storage.ts";
import { Alarm } from "./alarm.ts";

const INTENTS_PER_SWEEP = 100;
const KIND = "epoch";
const KEY = "broker";

/** What it works on. */
export interface Pair {
  readonly storage: Storage;
  readonly broker: Broker;
  /** Publishes waiting records as they are. */
  publish(records: readonly TaskRecord[]): Promise<void>;
}

export class Reconciler {
  readonly #backend: Pair;
  readonly #logger: Logger;
  readonly #intervalMs: number;
  readonly #alarm: Alarm;
  #epoch: string | undefined;

  /** `intervalMs` is also the age of an intent that has lost its publisher: a publish takes far less. */
  constructor(backend: Pair, intervalMs: number, logger: Logger) {
    this.#backend = backend;
    this.#intervalMs = intervalMs;
    this.#logger = logger;
    this.#alarm = new Alarm({
      now: () => backend.storage.now(),
      run: () => this.#sweep(),
      atLeastEveryMs: intervalMs,
      logger,
    });
  }

  start(): void {
    this.#alarm.start();
  }

  stop(): Promise<void> {
    return this.#alarm.stop();
  }

  async #sweep(): Promise<number> {
    await this.#followEpoch();
    return (await this.#publishIntents()) ? this.#backend.storage.now() : 0;
  }

  /** True where there may be more. */
  async #publishIntents(): Promise<boolean> {
    const { storage } = this.#backend;
    const minAgeMs = this.#intervalMs;
    const intents = await storage.intents({ minAgeMs, limit: INTENTS_PER_SWEEP });
    if (intents.length === 0) return false;
    const ids = [...new Set(intents.flatMap((intent) => intent.taskIds))];
    const records = await storage.read({ ids });
    const waiting = records
      .filter((record) => record !== undefined)
      .filter((record) => isWaiting(record.state));
    await this.#backend.publish(waiting);
    await storage.dropIntents({ ids: intents.map((intent) => intent.id) });
    this.#logger.info(
      { intents: intents.length, tasks: waiting.length },
      "published what was noted",
    );
    return intents.length === INTENTS_PER_SWEEP;
  }

  /** The epoch that was filled last is a document: a restart of this server alone refills nothing. */
  async #followEpoch(): Promise<void> {
    const { broker, storage } = this.#backend;
    const epoch = await broker.epoch();
    this.#epoch ??= await this.#readEpoch();
    if (this.#epoch === epoch) return;
    const count = await this.#publishAll();
    const value = Buffer.from(epoch);
    await storage.documents.put({ items: [{ kind: KIND, key: KEY, value, notify: false }] });
    this.#epoch = epoch;
    this.#logger.info({ tasks: count }, "the broker began a new epoch: published all that waits");
  }

  async #readEpoch(): Promise<string | undefined> {
    const keys = [{ kind: KIND, key: KEY }];
    const [document] = await this.#backend.storage.documents.get({ keys });
    return document === undefined ? undefined : Buffer.from(document.value).toString("utf8");
  }

  async #publishAll(): Promise<number> {
    const states = [TaskState.SCHEDULED, TaskState.PENDING, TaskState.RETRYING];
    const filter = create(TaskFilterSchema, { states });
    let count = 0;
    let after: Cursor | undefined;
    do {
      const params = { filter, after, cutoffAt: 0, limit: 500, maxExamined: 2_000 };
      const page: ListPage = await this.#backend.storage.list(params);
      await this.#backend.publish(page.records);
      count += page.records.length;
      after = page.next;
    } while (after !== undefined);
    return count;
  }
}
