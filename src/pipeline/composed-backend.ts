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
import type { Broker, Held, Message } from "../broker/broker.ts";
import { nonce } from "../core/ids.ts";
import type { Timings } from "../core/limits.ts";
import { isLeased, isWaiting, type TaskRecord } from "../core/record.ts";
import { isStartable, start } from "../core/transitions.ts";
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
import { Pairing } from "./pairing.ts";
import { Reconciler } from "./reconciler.ts";

export class ComposedBackend implements Backend {
  readonly storage: Storage;
  readonly broker: Broker;
  readonly #pairing: Pairing;
  readonly #reconciler: Reconciler;
  readonly #holdMs: number;
  readonly #logger: Logger;
  /** Publishes that nobody waits for but {@link stop}. */
  readonly #publishing = new Set<Promise<void>>();

  constructor(storage: Storage, broker: Broker, timings: Timings, logger: Logger) {
    const { pairingTtlMs, reconcileIntervalMs, holdMs } = timings;
    this.storage = storage;
    this.broker = broker;
    this.#holdMs = holdMs;
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
    const created = tasks.filter((_, index) => verdicts[index]!.kind === "created");
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

  async handOut(params: HandOutParams): Promise<HandedOut> {
    const { offers, max, nonce: hold } = params;
    const taken = await this.broker.take({ offers, max, hold, holdMs: this.#holdMs });
    const nextDueAt =
      taken.nextDueMs === undefined ? 0 : this.storage.now() + Math.ceil(taken.nextDueMs);
    if (taken.messages.length === 0) return { records: [], more: taken.more, nextDueAt };
    const { started, left } = await this.#startTaken(taken.messages, params);
    return { records: started, more: taken.more || left > 0, nextDueAt };
  }

  onWork(listener: (work: readonly Work[] | undefined) => void): () => void {
    return this.broker.subscribe((notice) => {
      if (notice.kind === "gap") return listener(undefined);
      const now = this.storage.now();
      listener(notice.work.map((work) => ({ ...work, dueAt: now + work.delayMs })));
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

  async #startTaken(
    messages: readonly Message[],
    params: HandOutParams,
  ): Promise<{ started: TaskRecord[]; left: number }> {
    const records = await this.storage.read({ ids: messages.map((message) => message.taskId) });
    const now = this.storage.now();
    const plan = planStarts(messages, records, params, now);
    const held = (message: Message): Held => ({
      taskId: message.taskId,
      generation: message.generation,
      hold: params.nonce,
    });
    const verdicts = await this.storage.write({ changes: plan.changes });
    const started = plan.changes.flatMap((change, index) => startedBy(change, verdicts[index]!));
    const settled = messages.filter((message) => !plan.deferred.has(message));
    const deferred = [...plan.deferred].map(([message, delayMs]) => ({
      ...held(message),
      delayMs,
    }));
    // The lease is recorded; a message that stays by mistake is refused at its next start.
    await Promise.all([
      this.broker.settle({ items: settled.map(held) }),
      this.broker.defer({ items: deferred }),
    ]).catch((error: unknown) => {
      this.#logger.warn({ err: error }, "settle failed; the hold will run out");
    });
    const left = deferred.filter(({ delayMs }) => delayMs === 0).length;
    return { started: [...plan.resumed, ...started], left };
  }
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

interface StartPlan {
  readonly changes: Change[];
  /** Started by an earlier try of this very hand-out, whose answer got lost. */
  readonly resumed: TaskRecord[];
  /** Back to the broker, to be due in so many ms: at once what is too much for this answer. */
  readonly deferred: Map<Message, number>;
}

function planStarts(
  messages: readonly Message[],
  records: readonly (TaskRecord | undefined)[],
  params: HandOutParams,
  now: number,
): StartPlan {
  const plan: StartPlan = { changes: [], resumed: [], deferred: new Map() };
  let bytes = 0;
  for (const [index, message] of messages.entries()) {
    const record = records[index];
    if (record === undefined) continue;
    if (isLeased(record.state) && record.nonce === params.nonce) plan.resumed.push(record);
    // Another revision has a message of its own; a task that ended needs none.
    if (record.revision !== message.generation) continue;
    if (!isStartable(record, now)) {
      // The two clocks differ by little: due for the broker, not yet for the storage.
      if (isWaiting(record.state) && record.dueAt > now)
        plan.deferred.set(message, record.dueAt - now);
      continue;
    }
    bytes += record.spec.length;
    if (bytes > params.maxBytes && plan.changes.length > 0) plan.deferred.set(message, 0);
    else plan.changes.push({ revision: record.revision, after: start(record, { ...params, now }) });
  }
  return plan;
}

/** A repeat of the write finds its own lease in the record. */
function startedBy(change: Change, verdict: WriteVerdict): TaskRecord[] {
  if (verdict.kind === "applied") return [change.after];
  const current = verdict.record;
  return current !== undefined && current.nonce === change.after.nonce ? [current] : [];
}
