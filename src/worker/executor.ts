/** How a handler is run. The contract is what a pool of threads can keep too. */
import type { HandlerContext } from "./context.ts";
import type { Registration } from "./registration.ts";

/** One run of a handler. */
export interface Execution {
  readonly registration: Registration;
  /** Decoded and checked. */
  readonly input: unknown;
  readonly context: HandlerContext;
}

export interface Executor {
  /** The handler's result, or a promise of it; what it threw is thrown or rejects. Outputs go through the context. */
  run(execution: Execution): unknown;
}

/**
 * Runs handlers on this thread. A handler that blocks the event loop delays heartbeats and all other
 * attempts, and is not ended by its timeout before it yields.
 */
export class InlineExecutor implements Executor {
  run({ registration, input, context }: Execution): unknown {
    const returned: unknown = registration.handler(input, context);
    if (!isThenable(returned)) return drained(returned, context);
    return Promise.resolve(returned).then((value) => drained(value, context));
  }
}

/** What `await` waits for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  return typeof (value as { then?: unknown }).then === "function";
}

/** A generator's result once its outputs are recorded; anything else as it is. */
function drained(value: unknown, context: HandlerContext): unknown {
  return isAsyncIterator(value) ? drain(value, context) : value;
}

function isAsyncIterator(value: unknown): value is AsyncGenerator<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    Symbol.asyncIterator in value &&
    typeof (value as { next?: unknown }).next === "function"
  );
}

/** Outputs what the generator yields, no faster than it is recorded, and gives what it returns. */
async function drain(
  generator: AsyncGenerator<unknown>,
  { output, signal }: HandlerContext,
): Promise<unknown> {
  try {
    for (;;) {
      const step = await generator.next();
      if (step.done === true) return step.value;
      signal.throwIfAborted();
      await output(step.value);
    }
  } catch (error) {
    // Lets its `finally` run; after an error of its own this is a no-op.
    await generator.return(undefined);
    throw error;
  }
}
