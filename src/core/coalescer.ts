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

interface Entry<Item, Result> {
  readonly item: Item;
  readonly bytes: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
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
  #waiting: Entry<Item, Result>[] = [];
  /** Entries before it have left; cutting the array for each batch would copy the rest each time. */
  #head = 0;
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
    return this.#waiting.length - this.#head;
  }

  /** The item's own result, or its own error. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, bytes: this.#sizeOf(item), resolve, reject });
      this.#depart();
    });
  }

  /** Settles when all that was added has its result. */
  async idle(): Promise<void> {
    if (this.waitingCount === 0 && this.#inFlight === 0) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }

  // A microtask later, so that a loop that adds a hundred items fills one batch.
  #depart(): void {
    if (this.#departs || this.#inFlight >= this.#maxInFlight) return;
    this.#departs = true;
    queueMicrotask(() => {
      this.#departs = false;
      while (this.#inFlight < this.#maxInFlight && this.waitingCount > 0)
        void this.#send(this.#take());
    });
  }

  #take(): Entry<Item, Result>[] {
    const from = this.#head;
    let to = from;
    for (let bytes = 0; to < this.#waiting.length && to - from < this.#maxItems; to++) {
      bytes += this.#waiting[to]!.bytes;
      if (bytes > this.#maxBytes && to > from) break;
    }
    const batch = this.#waiting.slice(from, to);
    this.#head = to;
    if (to * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(to);
      this.#head = 0;
    }
    return batch;
  }

  async #send(batch: readonly Entry<Item, Result>[]): Promise<void> {
    this.#inFlight++;
    await this.#land(batch);
    this.#inFlight--;
    if (this.waitingCount > 0) this.#depart();
    else if (this.#inFlight === 0) this.#becomeIdle();
  }

  // Never rejects: what goes wrong goes to the callers of the batch.
  async #land(batch: readonly Entry<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#run(batch.map((entry) => entry.item));
      if (results.length !== batch.length) throw miscounted(batch.length, results.length);
      for (const [index, entry] of batch.entries()) settle(entry, results[index]!);
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    }
  }

  #becomeIdle(): void {
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}

function settle<Item, Result>(entry: Entry<Item, Result>, result: Result | Error): void {
  if (result instanceof Error) entry.reject(result);
  else entry.resolve(result);
}

function miscounted(expected: number, got: number): QTasksError {
  return new QTasksError("INTERNAL", `a batch of ${expected} items has ${got} results`);
}
