/**
 * The tasks of this example. The task server runs them, `npx qtasks serve --app examples/embedding/fastify/handlers.ts`;
 * the web process, main.ts, calls them.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { QueueTasks, TerminalError, type HandlerContext } from "../../../src/index.ts";

export interface QuoteInput {
  /** What to ask the suppliers for, by name. */
  readonly items: readonly string[];
}

export interface Quote {
  readonly prices: Readonly<Record<string, number>>;
  readonly total: number;
}

const PRICES: Readonly<Record<string, number>> = { bolt: 2, nut: 1, hinge: 7, door: 120 };
/** How long a supplier takes to answer. */
const SUPPLIER_MS = 100;

export const app = new QueueTasks();

/** Asks a supplier for each item, one after the other. */
export const makeQuote = app.task(
  { name: "quotes.make", retry: { maxAttempts: 2, initialBackoffMs: 100 } },
  async ({ items }: QuoteInput, { progress, signal }: HandlerContext): Promise<Quote> => {
    const prices: Record<string, number> = {};
    let total = 0;
    for (const [index, item] of items.entries()) {
      progress(index, items.length, item);
      total += prices[item] = await askSupplier(item, signal);
    }
    return { prices, total };
  },
);

/** Stands in for a supplier: it is slow, knows no unicorns, and is out of order where safes are concerned. */
async function askSupplier(item: string, signal: AbortSignal): Promise<number> {
  await sleep(SUPPLIER_MS, undefined, { signal });
  if (item === "safe") throw new Error("supplier-7.internal: connection refused");
  const price = PRICES[item];
  if (price !== undefined) return price;
  throw new TerminalError(`nobody sells ${item}`, {
    code: "NOT_FOUND",
    type: "quotes.UnknownItem",
  });
}
