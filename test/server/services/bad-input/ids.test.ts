/** Bad input: ids, names and keys. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { QTasksError } from "../../../../src/core/errors.ts";
import { ms, Scene } from "../../../pipeline/setup.ts";
import { check, enqueue, withOptions, NEGATIVE, limits } from "./rules.ts";

check("task ids, names, keys", [
  {
    title: "no spec",
    field: "spec",
    says: /required/,
    bad: (scene) => scene.tasks.enqueueTask({}),
  },
  { title: "no name", field: "spec.name", says: /required/, bad: enqueue({ name: "" }) },
  {
    title: "a name with a space",
    field: "spec.name",
    says: /printable ASCII/,
    bad: enqueue({ name: "a b" }),
  },
  {
    title: "a name with braces",
    field: "spec.name",
    says: /braces/,
    bad: enqueue({ name: "a{b}" }),
  },
  {
    title: "a name beyond ASCII",
    field: "spec.name",
    says: /ASCII/,
    bad: enqueue({ name: "größe" }),
  },
  {
    title: "a name with a line feed",
    field: "spec.name",
    says: /ASCII/,
    bad: enqueue({ name: "a\n" }),
  },
  {
    title: "a long name",
    field: "spec.name",
    says: /at most 255 characters; got 256/,
    bad: enqueue({ name: "n".repeat(256) }),
  },
  {
    title: "a long task id",
    field: "task_id",
    says: /at most 128 characters; got 129/,
    bad: enqueue({}, { taskId: "i".repeat(129) }),
    good: enqueue({}, { taskId: "i".repeat(128) }),
  },
  {
    title: "a malformed task id",
    field: "task_id",
    says: /printable/,
    bad: enqueue({}, { taskId: "a b" }),
  },
  {
    title: "a task id that is needed",
    field: "task_id",
    says: /required/,
    bad: (scene) => scene.tasks.getTask({}),
  },
  {
    title: "a long queue",
    field: "spec.options.queue",
    says: /at most 100/,
    bad: withOptions({ queue: "q".repeat(101) }),
    good: withOptions({ queue: "q".repeat(100) }),
  },
  {
    title: "no unique key",
    field: "spec.unique.key",
    says: /required/,
    bad: enqueue({ unique: {} }),
  },
  {
    title: "a long unique key",
    field: "spec.unique.key",
    says: /at most 255/,
    bad: enqueue({ unique: { key: "k".repeat(256) } }),
    good: enqueue({ unique: { key: "k".repeat(255) } }),
  },
  {
    title: "an empty window",
    field: "spec.unique.window",
    says: /more than zero/,
    bad: enqueue({ unique: { key: "k", window: ms(0) } }),
  },
  {
    title: "an unknown policy",
    field: "spec.unique.on_conflict",
    says: /one of .*got 9/,
    bad: enqueue({ unique: { key: "k", onConflict: 9 } }),
  },
  {
    title: "a malformed parent",
    field: "spec.parent_task_id",
    says: /printable/,
    bad: enqueue({ parentTaskId: "a b" }),
  },
]);

test("one error names every field that is wrong", async () => {
  const scene = new Scene("joint", { limits });
  await scene.start();
  try {
    const options = { priority: 5_000, queue: "a b", attemptTimeout: NEGATIVE };
    await assert.rejects(enqueue({ options }, { taskId: "a b" })(scene), (thrown) => {
      assert.ok(thrown instanceof QTasksError);
      const expected = ["priority", "queue", "attempt_timeout"].map(
        (field) => `spec.options.${field}`,
      );
      assert.deepEqual(
        thrown.fields.map((item) => item.field).sort(),
        [...expected, "task_id"].sort(),
      );
      return true;
    });
  } finally {
    await scene.stop();
  }
});
