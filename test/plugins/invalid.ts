/** What tests of plugins expect of refusals. */
import assert from "node:assert/strict";
import { QTasksError } from "../../src/index.ts";

/** The error is CONFIG_INVALID with such a message. */
export function invalid(pattern: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof QTasksError);
    assert.equal(error.reason, "CONFIG_INVALID");
    assert.match(error.message, pattern);
    return true;
  };
}
