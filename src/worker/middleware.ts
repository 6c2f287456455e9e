/** Middlewares: what wraps a handler's run. */
import type { HandlerContext } from "./context.ts";

/**
 * Runs the rest: inner middlewares, then the handler; settles with its result once all its outputs are recorded.
 * Given a value, that is the handler's input from here on. To be called once at most.
 */
export type Next = (...input: [] | [input: unknown]) => Promise<unknown>;

/**
 * Wraps handlers. What it returns is the task's result; what it throws ends the attempt as if the handler had thrown
 * it; without calling `next` the handler never runs. It runs where the worker is, also around handlers in threads.
 */
export type Middleware = (context: HandlerContext, next: Next, input: unknown) => unknown;

/** Runs the innermost part. */
export type Run = (input: unknown, context: HandlerContext) => unknown;

/** Several middlewares as one. */
export type Around = (run: Run, input: unknown, context: HandlerContext) => Promise<unknown>;

/**
 * One function of several middlewares, the first outermost. A second `next` of one middleware rejects: the handler
 * would run twice.
 */
export function composeMiddlewares(middlewares: readonly Middleware[]): Around {
  return (run, input, context) => runFrom(0, middlewares, run, input, context);
}

async function runFrom(
  at: number,
  middlewares: readonly Middleware[],
  run: Run,
  input: unknown,
  context: HandlerContext,
): Promise<unknown> {
  const middleware = middlewares[at];
  if (middleware === undefined) return run(input, context);
  let called = false;
  const next: Next = async (...replaced) => {
    if (called) throw new Error(`a middleware of ${context.name} called next() twice`);
    called = true;
    const [inner] = replaced.length === 0 ? [input] : replaced;
    return runFrom(at + 1, middlewares, run, inner, context);
  };
  return middleware(context, next, input);
}
