import assert from "node:assert/strict";
import { test } from "node:test";
import { statusName, STATUS_CODES } from "../../src/core/status-code.ts";
import { attemptStateName, stateName, TaskState } from "../../src/index.ts";

test("a code has the name by which a handler chooses it", () => {
  for (const [name, code] of Object.entries(STATUS_CODES)) assert.equal(statusName(code), name);
  assert.deepEqual(
    [statusName(0), statusName(17), statusName(-1)],
    [undefined, undefined, undefined],
  );
});

test("states have names in what a program imports", () => {
  assert.equal(stateName(TaskState.RUNNING), "RUNNING");
  assert.equal(stateName(99), "99");
  assert.equal(attemptStateName(6), "LOST");
});
