/** How a handler is run: the contract, and the executor that runs handlers where the worker is. */
import type { Logger } from "pino";
import type { HandlerContext } from "./context.ts";
import type { Handler } from "./handler.ts";

/** What an executor knows of a task. */
export interface Executable {
  readonly definition: { readonly name: string };
  readonly handler: Handler;
  /** Middlewares that look at the result; undefined where there are none. */
  readonly around?: unknown;
}

/** One run of a handler. */
export interface Execution {
  readonly registration: Executable;
  /** Decoded and checked. */
  readonly input: unknown;
  readonly context: HandlerContext;
}

/** A worker that an executor works for. It is told apart by its identity. */
export interface ExecutorHost {
  readonly logger: Logger;
}

/** Runs handlers. It may be shared by many tasks, and by the workers of several apps. */
export interface Executor {
  /**
   * The handler's result, or a promise of it; what it threw is thrown or rejects. Outputs go through the context.
   * Once the context's signal has aborted, the promise is to settle soon: until then the handler counts as running.
   */
  run(execution: Execution): unknown;
  /** Throws CONFIG_INVALID for a task that it can't run. Asked when a task joins an app or a worker. */
  check?(task: Executable): void;
  /** Called by each worker before it takes tasks; calls after the first for a worker change nothing. */
  start?(host: ExecutorHost): void | Promise<void>;
  /** Called once the worker's handlers have ended; also for one that it was never started for. */
  stop?(host: ExecutorHost): void | Promise<void>;
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
