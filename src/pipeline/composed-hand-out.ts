/**
 * The hand-out of a composed pair: take under a hold → start by a write → settle. A hold that outlives its
 * server runs out, and the message is offered again; what is told of a task that has moved on is dropped.
 */
import type { Logger } from "pino";
import type { Broker, Held, Message } from "../broker/broker.ts";
import { isLeased, type TaskRecord } from "../core/record.ts";
import type { HandedOut, HandOutParams } from "../storage/joint.ts";
import type { Change, Storage, WriteVerdict } from "../storage/storage.ts";
import { planStarts, type Plan } from "./start-plan.ts";

/** Hand-outs that are remembered, for their repeats. */
const MAX_REMEMBERED = 1_000;

export interface ComposedHandOutOptions {
  readonly storage: Storage;
  readonly broker: Broker;
  readonly holdMs: number;
  readonly logger: Logger;
}

export class ComposedHandOut {
  readonly #options: ComposedHandOutOptions;
  /** Ids of what the latest hand-outs started, by their nonce. */
  readonly #done = new Map<string, readonly string[]>();

  constructor(options: ComposedHandOutOptions) {
    this.#options = options;
  }

  async handOut(params: HandOutParams): Promise<HandedOut> {
    const { broker, storage, holdMs } = this.#options;
    const { offers, nonce: hold } = params;
    const done = this.#done.get(hold);
    const max = done === undefined ? params.max : 0;
    const taken = await broker.take({ offers, max, hold, holdMs });
    const nextDueAt =
      taken.nextDueMs === undefined ? 0 : storage.now() + Math.ceil(taken.nextDueMs);
    if (done !== undefined)
      return { records: await this.#again(done, hold), more: taken.more, nextDueAt };
    if (taken.messages.length === 0) return { records: [], more: taken.more, nextDueAt };
    const { records, left } = await this.#startTaken(taken.messages, params);
    return { records, more: taken.more || left, nextDueAt };
  }

  /** What an earlier call with this nonce started, as far as it has not come back since. */
  async #again(ids: readonly string[], nonce: string): Promise<TaskRecord[]> {
    const records = await this.#options.storage.read({ ids });
    return records
      .filter((record) => record !== undefined)
      .filter((record) => isLeased(record.state) && record.nonce === nonce);
  }

  async #startTaken(
    messages: readonly Message[],
    params: HandOutParams,
  ): Promise<{ records: TaskRecord[]; left: boolean }> {
    const { storage } = this.#options;
    const known = await storage.read({ ids: messages.map((message) => message.taskId) });
    const plans = planStarts(messages, known, params, storage.now());
    const changes = plans.flatMap((plan) => (plan.kind === "start" ? [plan.change] : []));
    const verdicts = changes.length === 0 ? [] : await storage.write({ changes });
    const records = startedBy(plans, verdicts);
    this.#remember(
      params.nonce,
      records.map((record) => record.id),
    );
    await this.#giveBack(messages, plans, params.nonce);
    return { records, left: plans.some((plan) => plan.kind === "defer" && plan.delayMs === 0) };
  }

  // The leases are recorded; a message that stays by mistake is refused at its next start.
  async #giveBack(
    messages: readonly Message[],
    plans: readonly Plan[],
    hold: string,
  ): Promise<void> {
    const { broker, logger } = this.#options;
    const settled: Held[] = [];
    const deferred: (Held & { delayMs: number })[] = [];
    for (const [index, { taskId, generation }] of messages.entries()) {
      const plan = plans[index]!;
      if (plan.kind === "defer") deferred.push({ taskId, generation, hold, delayMs: plan.delayMs });
      else settled.push({ taskId, generation, hold });
    }
    await Promise.all([
      settled.length === 0 ? undefined : broker.settle({ items: settled }),
      deferred.length === 0 ? undefined : broker.defer({ items: deferred }),
    ]).catch((error: unknown) => {
      logger.warn({ err: error }, "settle failed; the hold will run out");
    });
  }

  #remember(nonce: string, ids: readonly string[]): void {
    this.#done.set(nonce, ids);
    if (this.#done.size <= MAX_REMEMBERED) return;
    for (const oldest of this.#done.keys()) {
      this.#done.delete(oldest);
      return;
    }
  }
}

/** The records of the plans that hold their lease now, in order. */
function startedBy(plans: readonly Plan[], verdicts: readonly WriteVerdict[]): TaskRecord[] {
  let next = 0;
  return plans.flatMap((plan) => {
    if (plan.kind === "resume") return [plan.record];
    return plan.kind === "start" ? recordOf(plan.change, verdicts[next++]!) : [];
  });
}

/** A repeat of the write finds its own lease in the record. */
function recordOf(change: Change, verdict: WriteVerdict): TaskRecord[] {
  if (verdict.kind === "applied") return [change.after];
  const current = verdict.record;
  return current !== undefined && current.nonce === change.after.nonce ? [current] : [];
}
