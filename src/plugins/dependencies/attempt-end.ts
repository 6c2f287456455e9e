/** How an attempt ends, as the values that were made for it are told one after the other. */
import { inspect } from "node:util";
import { isOver } from "../../worker/attempt-context.ts";
import type { HandlerContext } from "../../worker/context.ts";

export class AttemptEnd {
  readonly #context: HandlerContext;
  #error: Error | undefined;

  constructor(context: HandlerContext) {
    this.#context = context;
  }

  /** Why it does not succeed; undefined while it does. What a canceled handler returns counts, and is a success. */
  get error(): Error | undefined {
    return isOver(this.#context) ? this.fail(this.#context.signal.reason) : this.#error;
  }

  /** It fails by what was thrown, where it has not failed before. Gives its error. */
  fail(thrown: unknown): Error {
    return (this.#error ??= errorOf(thrown));
  }
}

/** Whatever was thrown, as an Error: a success is known by there being none. */
function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(inspect(thrown), { cause: thrown });
}
