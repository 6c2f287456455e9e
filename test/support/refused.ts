/** What programs without types give, and what they are told. */
import assert from "node:assert/strict";
import { QTasksError, type Reason } from "../../src/core/errors.ts";

/** As a program without types would write it. */
export function untyped<T>(given: unknown): T {
  return given as T;
}

/** The error has that message, or one like it, and that reason. */
export function refused(message: string | RegExp, reason: Reason = "CONFIG_INVALID") {
  return (error: unknown): boolean => {
    assert.ok(error instanceof QTasksError, String(error));
    assert.equal(error.reason, reason);
    if (typeof message === "string") assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  };
}
