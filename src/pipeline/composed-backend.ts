/**
 * A broker and a storage that know nothing of each other. The storage is the truth; the broker may
 * lose or repeat messages, and the order of the steps makes that cost no more than delay:
 *
 *   create   storage.create with an intent → broker.publish → storage.dropIntents
 *   hand out broker.take under a hold → storage.write (start) → broker.settle
 *   write    storage.write, with an intent where tasks become waiting → publish → dropIntents
 *
 * An intent that outlives its publish is for the reconciler; a hold that outlives its server runs out.
 */
import type { Logger } from "pino";
import type { Broker, Message } from "../broker/broker.ts";
import { nonce } from "../core/ids.ts";
import type { Timings } from "../core/limits.ts";
import { isWaiting, type TaskRecord } from "../core/record.ts";
import type { HandedOut, HandOutParams } from "../storage/joint.ts";
import type {
  Change,
  CreateVerdict,
  NewTask,
  Storage,
  Work,
  WriteVerdict,
} from "../storage/storage.ts";
import type { Backend } from "./backend.ts";
import { ComposedHandOut } from "./composed-hand-out.ts";
import { Pairing } from "./pairing.ts";
import { Reconciler } from "./reconciler.ts";

export class ComposedBackend implements Backend {
  readonly storage: Storage;
  readonly broker: Broker;
  readonly #pairing: Pairing;
  readonly #reconciler: Reconciler;
  readonly #handOut: ComposedHandOut;
  readonly #logger: Logger;
  /** Publishes that nobody waits for but {@link stop}. */
  readonly #publishing = new Set<Promise<void>>();

  constructor(storage: Storage, broker: Broker, timings: Timings, logger: Logger) {
    const { pairingTtlMs, reconcileIntervalMs, holdMs } = timings;
    this.storage = storage;
    this.broker = broker;
    this.#handOut = new ComposedHandOut({ storage, broker, holdMs, logger });
    this.#logger = logger;
    this.#pairing = new Pairing(storage, broker, pairingTtlMs, logger);
    this.#reconciler = new Reconciler(this, reconcileIntervalMs, logger);
  }

  async start(): Promise<void> {
    await this.storage.start();
    await this.broker.start();
    await this.#pairing.start();
    this.#reconciler.start();
  }

  async stop(): Promise<void> {
    await this.#reconciler.stop();
    await Promise.all(this.#publishing);
    await this.#pairing.stop();
    await this.broker.stop();
    await this.storage.stop();
  }

  async ping(): Promise<void> {
    this.#pairing.check();
    await Promise.all([this.storage.ping(), this.broker.ping()]);
  }

  async create(tasks: readonly NewTask[]): Promise<readonly CreateVerdict[]> {
    const intentId = nonce();
    const verdicts = await this.storage.create({ tasks, intentId });
    const created = tasks.filter(({ record }, index) => isCreated(record, verdicts[index]!));
    this.#publishNoted(
      created.map((task) => task.record),
      intentId,
    );
    return verdicts;
  }

  async write(changes: readonly Change[]): Promise<readonly WriteVerdict[]> {
    const waits = changes.some((change) => isWaiting(change.after.state));
    if (!waits) return this.storage.write({ changes });
    const intentId = nonce();
    const verdicts = await this.storage.write({ changes, intentId });
    const waiting = changes.filter(
      (change, index) => verdicts[index]!.kind === "applied" && isWaiting(change.after.state),
    );
    this.#publishNoted(
      waiting.map((change) => change.after),
      intentId,
    );
    return verdicts;
  }

  handOut(params: HandOutParams): Promise<HandedOut> {
    return this.#handOut.handOut(params);
  }

  onWork(listener: (work: readonly Work[] | undefined) => unknown): () => void {
    return this.broker.subscribe((notice) => {
      const now = this.storage.now();
      if (notice.kind === "gap") listener(undefined);
      else listener(notice.work.map((work) => ({ ...work, dueAt: now + work.delayMs })));
    });
  }

  /** Publishes waiting records as they are. */
  async publish(records: readonly TaskRecord[]): Promise<void> {
    const now = this.storage.now();
    await this.broker.publish({ messages: records.map((record) => messageOf(record, now)) });
  }

  // Not awaited by the caller: the task is durable, and what fails here the reconciler makes good.
  #publishNoted(records: readonly TaskRecord[], intentId: string): void {
    if (records.length === 0) return;
    const publishing = this.publish(records)
      .then(() => this.storage.dropIntents({ ids: [intentId] }))
      .catch((error: unknown) => {
        this.#logger.warn({ err: error }, "publish failed; the reconciler will repeat it");
      })
      .finally(() => this.#publishing.delete(publishing));
    this.#publishing.add(publishing);
  }
}

/** By this call, or by an earlier try of it whose answer got lost before anything was published. */
function isCreated(record: TaskRecord, verdict: CreateVerdict): boolean {
  if (verdict.kind !== "exists") return verdict.kind === "created";
  const { revision, createdAt, state } = verdict.record;
  return isWaiting(state) && revision === record.revision && createdAt === record.createdAt;
}

/** The message that stands for a waiting record. */
export function messageOf(record: TaskRecord, now: number): Message {
  return {
    taskId: record.id,
    generation: record.revision,
    queue: record.queue,
    name: record.name,
    priority: record.priority,
    orderAt: record.orderAt,
    delayMs: Math.max(0, record.dueAt - now),
  };
}
