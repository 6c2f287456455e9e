import assert from "node:assert/strict";
import { test } from "node:test";
import { Script } from "./script.ts";

const KEY = { uniqueKey: "k" };
const RUNNING = { state: "RUNNING", revision: 2 } as const;

/** The first task holds the key until 1,000 at least. */
function held(): Script {
  return new Script().enqueue("a", { at: 0, ...KEY }).see("a", RUNNING, { at: 1_000 });
}

test("a key is held by one task at a time", () => {
  const second = (at: number) =>
    held()
      .enqueue("b", { at, ...KEY, by: "other" })
      .see("b", RUNNING, { at: at + 200, by: "other" })
      .refusedBy();
  assert.deepEqual(second(500), ["unique-key"]);
  assert.deepEqual(second(1_100), []);
});

test("a task that is known to be alive only before the other one came is no rival", () => {
  const script = held().enqueue("b", { at: 1_100, ...KEY, by: "other" });
  assert.deepEqual(script.see("b", RUNNING, { at: 1_200, by: "other" }).refusedBy(), []);
});

test("other keys and other names are others", () => {
  const second = (task: { uniqueKey: string; name?: string }) =>
    held()
      .enqueue("b", { at: 500, ...task, by: "other" })
      .see("b", RUNNING, { at: 700, by: "other" })
      .refusedBy();
  assert.deepEqual(second({ uniqueKey: "l" }), []);
  assert.deepEqual(second({ uniqueKey: "k", name: "other" }), []);
});

test("an enqueue that was refused, or found the holder, holds nothing", () => {
  const tasks = [{ taskId: "b", name: "work", ...KEY }];
  const found = { enqueued: [{ taskId: "a", created: false }] };
  const refused = { enqueued: [{ taskId: "", created: false, error: "UNIQUE_KEY_HELD" }] };
  for (const answer of [found, refused, "UNIQUE_KEY_HELD", undefined])
    assert.deepEqual(held().call({ op: "enqueue", tasks }, answer, { at: 500 }).refusedBy(), []);
});

test("an enqueue without an answer holds the key from the moment its task is seen", () => {
  const tasks = [{ taskId: "b", name: "work", ...KEY }];
  const seen = (at: number) =>
    held()
      .call({ op: "enqueue", tasks }, undefined, { at: 500, by: "other" })
      .see("b", RUNNING, { at, by: "reader" })
      .see("b", RUNNING, { at: at + 100, by: "reader" })
      .refusedBy();
  assert.deepEqual(seen(700), ["unique-key"]);
  assert.deepEqual(seen(1_200), []);
});

test("leases and recorded outcomes show that a task was alive", () => {
  const second = (script: Script) =>
    script
      .enqueue("b", { at: 500, ...KEY, by: "other" })
      .see("b", RUNNING, { at: 560, by: "other" })
      .refusedBy();
  const alive = () => new Script().enqueue("a", { at: 0, ...KEY }).lease("a", 1, { at: 10 });
  assert.deepEqual(second(alive()), []);
  assert.deepEqual(second(alive().report("a", 1, { at: 600, verdict: "RECORDED" })), [
    "unique-key",
  ]);
  assert.deepEqual(second(alive().report("a", 1, { at: 600, verdict: "maybe" })), []);
});

test("a retried task takes its key again, which says nothing about the time between", () => {
  const script = new Script()
    .enqueue("a", { at: 0, ...KEY })
    .see("a", { state: "SUCCEEDED", revision: 3, endedAt: 100 }, { at: 110 })
    .enqueue("b", { at: 200, ...KEY, by: "other" })
    .see("b", { state: "PENDING", revision: 1 }, { at: 300, by: "other" })
    .call({ op: "retry", taskId: "a" }, {}, { at: 900 })
    .see("a", { state: "PENDING", revision: 4, retries: 1 }, { at: 1_000 });
  assert.deepEqual(script.refusedBy(), []);
});

test("what is told after a retry may be of the life that it began", () => {
  const script = (takes: number) =>
    new Script()
      .enqueue("a", { at: 0, ...KEY })
      .enqueue("b", { at: 200, ...KEY, by: "other" })
      .see("b", RUNNING, { at: 300, by: "other" })
      .lease("a", 1, { at: 500, takes })
      .call({ op: "retry", taskId: "a" }, {}, { at: 550 })
      .refusedBy();
  assert.deepEqual(script(100), []);
  assert.deepEqual(script(10), ["unique-key"]);
});

test("a window holds the key whether its task has ended or not", () => {
  const second = (at: number, replaces = false, script = new Script()) =>
    script
      .enqueue("a", { at: 0, ...KEY, uniqueWindowMs: 2_000 })
      .see("a", { state: "SUCCEEDED", revision: 3, endedAt: 100 }, { at: 110 })
      .enqueue("b", { at, ...KEY, uniqueWindowMs: 2_000, replaces, by: "other" })
      .refusedBy();
  assert.deepEqual(second(1_500), ["unique-key"]);
  assert.deepEqual(second(2_100), []);
  assert.deepEqual(second(1_500, true), []);
  const deleted = new Script().call({ op: "delete", taskId: "a" }, undefined, { at: 200 });
  assert.deepEqual(second(1_500, false, deleted), []);
  const jump = { at: 300, until: 400, affects: ["clock"], jumpMs: 1_000 } as const;
  assert.deepEqual(second(1_500, false, new Script().injection("jump", jump)), []);
});
