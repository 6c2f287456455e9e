/** Makes few batches of many concurrent calls: idle, it adds no delay; busy, it makes few round trips. */
import { QTasksError } from "./errors.ts";

export interface CoalescerOptions<Item, Result> {
  /**
   * Runs one batch and gives one result for each item, in order; an Error as a result rejects that
   * item alone. A rejection rejects every item of the batch.
   */
  readonly run: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>;
  /** Most items of a batch, at least 1. */
  readonly maxItems: number;
  /** Bytes that an item adds to a batch. Needed where `maxBytes` is set. */
  readonly sizeOf?: (item: Item) => number;
  /** Most bytes of a batch; an item that is larger by itself goes alone. Unset: no limit. */
  readonly maxBytes?: number;
  /** Batches under way at once. @default 1 */
  readonly maxInFlight?: number;
}

/** The items of one call: they leave in one batch or in several, and are answered together. */
interface Call<Item, Result> {
  readonly items: readonly Item[];
  /** How many items have left, from the first. */
  left: number;
  readonly results: (Result | Error)[];
  /** Items without a result. */
  open: number;
  readonly answer: (results: (Result | Error)[]) => void;
}

interface Batch<Item, Result> {
  readonly items: Item[];
  /** Whose the items are, in order. */
  readonly parts: {
    readonly call: Call<Item, Result>;
    readonly from: number;
    readonly to: number;
  }[];
}

/**
 * A call joins the batch that is being gathered; a batch leaves when fewer than `maxInFlight` are
 * under way, in the order of the calls. Calls made in one turn of the loop leave together.
 */
export class Coalescer<Item, Result> {
  readonly #run: CoalescerOptions<Item, Result>["run"];
  readonly #maxItems: number;
  readonly #maxBytes: number;
  readonly #maxInFlight: number;
  readonly #sizeOf: (item: Item) => number;
  #waiting: Call<Item, Result>[] = [];
  /** Calls before it have left; cutting the array for each batch would copy the rest each time. */
  #head = 0;
  #waitingCount = 0;
  #inFlight = 0;
  #departs = false;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(options: CoalescerOptions<Item, Result>) {
    this.#run = options.run;
    this.#maxItems = Math.max(1, options.maxItems);
    this.#maxBytes = options.maxBytes ?? Infinity;
    this.#maxInFlight = options.maxInFlight ?? 1;
    this.#sizeOf = options.sizeOf ?? (() => 0);
  }

  /** Items that have not left yet. */
  get waitingCount(): number {
    return this.#waitingCount;
  }

  /** The item's own result, or its own error. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#enqueue([item], (results) => {
        const result = results[0];
        if (result instanceof Error) reject(result);
        else resolve(result!);
      });
    });
  }

  /**
   * A result for each item, in order, once all have one: never rejects, an error stays in its item's
   * place. The array of items must not change any more.
   */
  addAll(items: readonly Item[]): Promise<readonly (Result | Error)[]> {
    return new Promise((resolve) => {
      if (items.length === 0) resolve([]);
      else this.#enqueue(items, resolve);
    });
  }

  /** Settles when all that was added has its result. */
  async idle(): Promise<void> {
    if (this.#waitingCount === 0 && this.#inFlight === 0) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }

  #enqueue(items: readonly Item[], answer: Call<Item, Result>["answer"]): void {
    this.#waiting.push({ items, left: 0, results: [], open: items.length, answer });
    this.#waitingCount += items.length;
    this.#depart();
  }

  // A microtask later, so that a loop that adds a hundred items fills one batch.
  #depart(): void {
    if (this.#departs || this.#inFlight >= this.#maxInFlight) return;
    this.#departs = true;
    queueMicrotask(() => {
      this.#departs = false;
      while (this.#inFlight < this.#maxInFlight && this.#waitingCount > 0)
        void this.#send(this.#take());
    });
  }

  #take(): Batch<Item, Result> {
    const batch: Batch<Item, Result> = { items: [], parts: [] };
    let bytes = 0;
    for (; this.#head < this.#waiting.length; this.#head++) {
      const call = this.#waiting[this.#head]!;
      const from = call.left;
      bytes = this.#fill(batch.items, call, bytes);
      if (call.left > from) batch.parts.push({ call, from, to: call.left });
      if (call.left < call.items.length) break;
    }
    this.#waitingCount -= batch.items.length;
    if (this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return batch;
  }

  /** Moves what fits of the call into the batch of so many bytes; gives the bytes it has then. */
  #fill(batch: Item[], call: Call<Item, Result>, bytes: number): number {
    let sum = bytes;
    for (; call.left < call.items.length && batch.length < this.#maxItems; call.left++) {
      const item = call.items[call.left]!;
      sum += this.#size(item);
      if (sum > this.#maxBytes && batch.length > 0) break;
      batch.push(item);
    }
    return sum;
  }

  /** What can't be measured is for {@link CoalescerOptions.run} to refuse: here nobody would hear of it. */
  #size(item: Item): number {
    try {
      return this.#sizeOf(item);
    } catch {
      return 0;
    }
  }

  async #send(batch: Batch<Item, Result>): Promise<void> {
    this.#inFlight++;
    settle(batch, await this.#land(batch.items));
    this.#inFlight--;
    if (this.#waitingCount > 0) this.#depart();
    else if (this.#inFlight === 0) this.#becomeIdle();
  }

  // Never rejects: what goes wrong goes to the callers of the batch.
  async #land(items: readonly Item[]): Promise<readonly (Result | Error)[]> {
    try {
      const results = await this.#run(items);
      if (results.length !== items.length) throw miscounted(items.length, results.length);
      return results;
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : QTasksError.from(thrown);
      return items.map(() => error);
    }
  }

  #becomeIdle(): void {
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}

function settle<Item, Result>(
  { parts }: Batch<Item, Result>,
  results: readonly (Result | Error)[],
): void {
  let next = 0;
  for (const { call, from, to } of parts) {
    for (let at = from; at < to; at++) call.results[at] = results[next++]!;
    call.open -= to - from;
    if (call.open === 0) call.answer(call.results);
  }
}

function miscounted(expected: number, got: number): QTasksError {
  return new QTasksError("INTERNAL", `a batch of ${expected} items has ${got} results`);
}
