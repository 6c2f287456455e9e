import assert from "node:assert/strict";
import { test } from "node:test";
import { texts } from "../../src/core/field-values.ts";
import { shown } from "../../src/core/shown.ts";

test("values are shown as JSON, and those that have none by their type", () => {
  const circular: unknown[] = [];
  circular.push(circular);
  const cases: [unknown, string][] = [
    ["a", '"a"'],
    [null, "null"],
    [undefined, "undefined"],
    [() => 1, "function"],
    [[5n], '["5n"]'],
    [circular, "object"],
  ];
  for (const [value, text] of cases) assert.equal(shown(value), text);
});

test("headers that JSON can't hold are refused by name", () => {
  assert.throws(() => texts("headers", 5n as never), {
    reason: "FIELD_VIOLATION",
    message: /headers: expected an object of texts; got "5n"/,
  });
});
