import assert from "node:assert/strict";
import { test } from "node:test";
import { Script } from "./script.ts";

test("a delayed task starts when it is due", () => {
  const leasedAt = (at: number, script = new Script()) =>
    script.enqueue("a", { at: 0, delayMs: 1_000 }).lease("a", 1, { at }).refusedBy();
  assert.deepEqual(leasedAt(1_000), []);
  assert.deepEqual(leasedAt(900), ["started-early"]);
  // A poll that waits is answered when the task is due.
  const parked = new Script().enqueue("a", { at: 0, delayMs: 1_000 });
  assert.deepEqual(parked.lease("a", 1, { at: 100, takes: 920 }).refusedBy(), []);
  const moved = (answer: undefined | "TASK_ALREADY_STARTED") =>
    new Script().call({ op: "reschedule", taskId: "a" }, answer, { at: 500 });
  assert.deepEqual(leasedAt(900, moved(undefined)), []);
  assert.deepEqual(leasedAt(900, moved("TASK_ALREADY_STARTED")), ["started-early"]);
  const jump = { at: 300, until: 400, affects: ["clock"], jumpMs: 1_000 } as const;
  assert.deepEqual(leasedAt(900, new Script().injection("jump", jump)), []);
  const before = { ...jump, at: -200, until: -100 };
  assert.deepEqual(leasedAt(900, new Script().injection("jump", before)), ["started-early"]);
});

test("a task with a time of its own starts no earlier", () => {
  const leasedAt = (at: number) =>
    new Script().enqueue("a", { at: 0, scheduleAt: 1_001_000 }).lease("a", 1, { at }).refusedBy();
  assert.deepEqual(leasedAt(1_000), []);
  assert.deepEqual(leasedAt(900), ["started-early"]);
});

test("a delay that a report asks for is kept", () => {
  const next = (kind: "release" | "failure", verdict: "RECORDED" | "maybe", at: number) =>
    new Script()
      .enqueue("a", { at: 0 })
      .lease("a", 1, { at: 10 })
      .report("a", 1, { at: 100, kind, verdict, delayMs: 1_000 })
      .lease("a", 2, { at })
      .refusedBy();
  for (const kind of ["release", "failure"] as const) {
    assert.deepEqual(next(kind, "RECORDED", 1_100), []);
    assert.deepEqual(next(kind, "RECORDED", 900), ["started-early"]);
    // Whether it came through is not known: the attempt may have been lost instead.
    assert.deepEqual(next(kind, "maybe", 900), []);
  }
});

/** Three tasks on an idle queue, the middle one of a higher priority, handed out in this order. */
function probed(order: readonly string[], script = new Script()): string[] {
  script
    .enqueue("a", { at: 0 })
    .enqueue("b", { at: 100, priority: 5 })
    .enqueue("c", { at: 200 })
    .event("client", { type: "probe", at: 300, probe: "p", taskIds: ["a", "b", "c"] })
    .event("client", { type: "probeEnded", at: 900, probe: "p" });
  for (const [index, id] of order.entries()) script.lease(id, 1, { at: 400 + 100 * index });
  return script.refusedBy();
}

test("an idle queue is served by priority, then by age", () => {
  assert.deepEqual(probed(["b", "a", "c"]), []);
  assert.deepEqual(probed(["a", "b", "c"]), ["priority-order"]);
  assert.deepEqual(probed(["b", "c", "a"]), ["priority-order"]);
});

test("tasks of one answer are in order too", () => {
  const answered = (ids: readonly string[]) => {
    const leases = ids.map((taskId) => ({
      taskId,
      token: taskId,
      attempt: 1,
      fencing: 1,
      leaseTtlMs: 1_500,
    }));
    const poll = { op: "poll", session: "worker", max: 3 } as const;
    return probed([], new Script().call(poll, { leases }, { at: 400 }));
  };
  assert.deepEqual(answered(["b", "a", "c"]), []);
  assert.deepEqual(answered(["b", "c", "a"]), ["priority-order"]);
});

test("a probe that something broke into says nothing, nor tasks that were touched", () => {
  const order = ["a", "b", "c"];
  const hit = new Script().injection("hit", { at: 350, until: 450 });
  assert.deepEqual(probed(order, hit), []);
  const touched = new Script().call({ op: "reschedule", taskId: "b" }, undefined, { at: 250 });
  assert.deepEqual(probed(order, touched), []);
});
