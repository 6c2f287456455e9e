/** Options of callers over those of a definition. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { create, equals, fromBinary } from "@bufbuild/protobuf";
import { TaskOptionsSchema } from "../../gen/qtasksapi/v1/task_pb.ts";
import { DefinitionOptions, type EffectiveOptions } from "../../src/core/effective-options.ts";
import { freeze } from "../../src/core/freeze.ts";
import { completeOptions } from "../../src/core/spec.ts";

const definition = create(TaskOptionsSchema, { queue: "mail", labels: { team: "red" } });

function options(): DefinitionOptions {
  return new DefinitionOptions(completeOptions(definition));
}

function assertEncoded({ options, encoded }: EffectiveOptions): void {
  assert.ok(equals(TaskOptionsSchema, fromBinary(TaskOptionsSchema, encoded), options));
}

test("where the caller sets none, the definition's hold", () => {
  const ofDefinition = options();
  const alone = ofDefinition.under(undefined);
  assert.equal(ofDefinition.under(create(TaskOptionsSchema)), alone);
  assert.equal(alone.queue, "mail");
  assertEncoded(alone);
});

test("any option that the caller sets wins over the definition's", () => {
  const callers = [
    { queue: "other" },
    { priority: 0 },
    { retryPolicy: { maxAttempts: 7 } },
    { attemptTimeout: { seconds: 1n } },
    { totalTimeout: { seconds: 1n } },
    { pendingTimeout: { seconds: 1n } },
    { retention: { seconds: 90n } },
    { outputRetry: 2 },
    { labels: { size: "big" } },
  ] as const;
  const ofDefinition = options();
  for (const caller of callers) {
    const effective = ofDefinition.under(create(TaskOptionsSchema, caller));
    assert.notEqual(effective, ofDefinition.under(undefined), Object.keys(caller)[0]);
    assertEncoded(effective);
  }
  const labels = create(TaskOptionsSchema, { labels: { size: "big" } });
  assert.deepEqual(ofDefinition.under(labels).options.labels, { team: "red", size: "big" });
});

test("options that can't change are worked out once, others each time", () => {
  const ofDefinition = options();
  const shared = freeze(create(TaskOptionsSchema, { priority: 3 }));
  assert.equal(ofDefinition.under(shared), ofDefinition.under(shared));
  const caller = create(TaskOptionsSchema, { priority: 3 });
  assert.equal(ofDefinition.under(caller).priority, 3);
  caller.priority = 4;
  assert.equal(ofDefinition.under(caller).priority, 4);
});
