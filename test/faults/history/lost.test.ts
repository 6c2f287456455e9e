import assert from "node:assert/strict";
import { test } from "node:test";
import { Script } from "./script.ts";

const ENDED = { state: "SUCCEEDED", revision: 3, endedAt: 40 } as const;

test("an acknowledged task that ended is not lost", () => {
  const script = new Script().enqueue("a", { at: 0 }).readOut("a", ENDED, { at: 100 });
  assert.deepEqual(script.refusedBy(), []);
});

test("an acknowledged task that never ends is lost", () => {
  const script = new Script().enqueue("a", { at: 0 }).readOut("a", {}, { at: 100 });
  assert.deepEqual(script.refusedBy(), ["lost"]);
  assert.match(script.violations()[0]!.message, /never ended: PENDING/);
});

test("an acknowledged task that is gone at the end is lost", () => {
  const script = new Script()
    .enqueue("a", { at: 0 })
    .call({ op: "readOut", taskIds: ["a"] }, { missing: ["a"] }, { at: 100, by: "harness" });
  assert.deepEqual(script.refusedBy(), ["lost"]);
});

test("an acknowledged task that nobody read out is lost", () => {
  const script = new Script()
    .enqueue("a", { at: 0 })
    .enqueue("b", { at: 10 })
    .readOut("b", ENDED, { at: 100 });
  assert.deepEqual(script.refusedBy(), ["lost"]);
  assert.equal(script.violations()[0]!.taskId, "a");
});

test("an enqueue without an answer may have come to nothing", () => {
  const script = new Script()
    .call({ op: "enqueue", tasks: [{ taskId: "a", name: "work" }] }, "SERVER_UNREACHABLE", {
      at: 0,
    })
    .call({ op: "enqueue", tasks: [{ taskId: "b", name: "work" }] }, undefined, { at: 10 })
    .call({ op: "readOut", taskIds: ["a", "b"] }, { missing: ["a", "b"] }, { at: 100 });
  assert.deepEqual(script.refusedBy(), []);
});

test("a task that came of an enqueue without an answer must end too", () => {
  const script = new Script()
    .call({ op: "enqueue", tasks: [{ taskId: "a", name: "work" }] }, undefined, { at: 0 })
    .readOut("a", {}, { at: 100 });
  assert.deepEqual(script.refusedBy(), ["lost"]);
});

test("NOT_FOUND after the acknowledgement is a loss, before it is none", () => {
  const early = new Script()
    .call({ op: "get", taskIds: ["a"] }, "TASK_NOT_FOUND", { at: 2, takes: 1, by: "reader" })
    .enqueue("a", { at: 0 })
    .readOut("a", ENDED, { at: 100 });
  assert.deepEqual(early.refusedBy(), []);
  const late = new Script()
    .enqueue("a", { at: 0 })
    .call({ op: "await", taskIds: ["a"], waitMs: 10 }, "TASK_NOT_FOUND", { at: 50, by: "reader" })
    .readOut("a", ENDED, { at: 100 });
  assert.deepEqual(late.refusedBy(), ["lost"]);
});

test("a read that overlaps the enqueue may go either way", () => {
  const script = new Script()
    .call({ op: "get", taskIds: ["a"] }, "TASK_NOT_FOUND", { at: 3, takes: 90, by: "reader" })
    .enqueue("a", { at: 0 })
    .readOut("a", ENDED, { at: 100 });
  assert.deepEqual(script.refusedBy(), []);
});

test("a task that was deleted, or may have been, is gone by right", () => {
  for (const answer of [{}, "STILL_RUNNING", undefined]) {
    const script = new Script()
      .enqueue("a", { at: 0 })
      .call({ op: "delete", taskId: "a" }, answer, { at: 50 })
      .call({ op: "readOut", taskIds: ["a"] }, { missing: ["a"] }, { at: 100 });
    assert.deepEqual(script.refusedBy(), []);
  }
});

test("a delete that was refused takes nothing away", () => {
  const script = new Script()
    .enqueue("a", { at: 0 })
    .call({ op: "delete", taskId: "a" }, "TASK_NOT_TERMINAL", { at: 50 })
    .call({ op: "readOut", taskIds: ["a"] }, { missing: ["a"] }, { at: 100 });
  assert.deepEqual(script.refusedBy(), ["lost"]);
});

test("a task is kept for its retention after it can have ended", () => {
  const gone = (at: number, jumpMs = 0) => {
    const script = new Script()
      .enqueue("a", { at: 0, retentionMs: 60_000 })
      .see("a", { state: "RUNNING", revision: 2 }, { at: 10_000 })
      .call({ op: "readOut", taskIds: ["a"] }, { missing: ["a"] }, { at });
    return jumpMs === 0
      ? script
      : script.injection("jump", { at: 20_000, until: 20_100, affects: ["clock"], jumpMs });
  };
  assert.deepEqual(gone(69_000).refusedBy(), ["lost"]);
  assert.deepEqual(gone(70_100).refusedBy(), []);
  assert.deepEqual(gone(69_000, 5_000).refusedBy(), []);
});

test("a task that was made twice under its id was lost in between", () => {
  const twice = new Script()
    .enqueue("a", { at: 0 })
    .enqueue("a", { at: 50 })
    .readOut("a", ENDED, { at: 100 });
  assert.deepEqual(twice.refusedBy(), ["lost"]);
  const tasks = [{ taskId: "a", name: "work" }];
  const found = new Script()
    .enqueue("a", { at: 0 })
    .call({ op: "enqueue", tasks }, { enqueued: [{ taskId: "a", created: false }] }, { at: 50 })
    .readOut("a", ENDED, { at: 100 });
  assert.deepEqual(found.refusedBy(), []);
  const remade = new Script()
    .enqueue("a", { at: 0 })
    .see("a", { createdAt: 1 }, { at: 50 })
    .readOut("a", ENDED, { at: 100 });
  assert.deepEqual(remade.refusedBy(), ["lost"]);
});

test("a unique key that finds another task makes none of one's own", () => {
  const tasks = [{ taskId: "b", name: "work", uniqueKey: "k" }];
  const script = new Script()
    .enqueue("a", { at: 0, uniqueKey: "k" })
    .call({ op: "enqueue", tasks }, { enqueued: [{ taskId: "a", created: false }] }, { at: 10 })
    .readOut("a", ENDED, { at: 100 })
    .call({ op: "readOut", taskIds: ["b"] }, { missing: ["b"] }, { at: 100 });
  assert.deepEqual(script.refusedBy(), []);
});
