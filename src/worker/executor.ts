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
  /** The handler's result, or what it threw. Outputs go through the context. */
  run(execution: Execution): Promise<unknown>;
}

/**
 * Runs handlers on this thread. A handler that blocks the event loop delays heartbeats and all other
 * attempts, and is not ended by its timeout before it yields.
 */
export class InlineExecutor implements Executor {
  async run({ registration, input, context }: Execution): Promise<unknown> {
    const returned: unknown = await registration.handler(input, context);
    return isAsyncIterator(returned) ? drain(returned, context) : returned;
  }
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
