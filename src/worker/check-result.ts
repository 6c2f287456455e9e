/** Checks the results of handlers before they are sent. */
import { TerminalError } from "./errors.ts";
import type { Middleware } from "./middleware.ts";

/**
 * Gives what the check makes of the result. What it throws fails the task for good as `qtasks.ResultInvalid`: another
 * attempt would do all the work again, to give the same.
 */
export function resultCheck(check: (result: unknown) => unknown): Middleware {
  return async (_, next) => {
    const result = await next();
    try {
      return await check(result);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new TerminalError(why, { type: "qtasks.ResultInvalid" });
    }
  };
}
