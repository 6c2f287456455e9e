import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "./answer.ts";
import { Script, sightOf, type Placed } from "./script.ts";

const ENDED = { state: "SUCCEEDED", revision: 3, endedAt: 995 } as const;

/** The end of the task is known from 1,000 on. Late is what comes more than 1 s after it could. */
function endedAt1000(): Script {
  return new Script()
    .enqueue("a", { at: 0 })
    .lease("a", 1, { at: 10 })
    .report("a", 1, { at: 990, takes: 10, verdict: "RECORDED" });
}

const AWAIT = { op: "await", taskIds: ["a"], waitMs: 10_000 } as const;

function awaited(answer: Answer | string | undefined, placed: Placed, script = endedAt1000()) {
  return script.call(AWAIT, answer, { by: "waiter", ...placed }).refusedBy();
}

const done: Answer = { tasks: [sightOf("a", ENDED)], done: true };
const notDone: Answer = { tasks: [sightOf("a", { state: "RUNNING", revision: 2 })], done: false };

test("an await answers when its task ends", () => {
  assert.deepEqual(awaited(done, { at: 500, takes: 600 }), []);
  assert.deepEqual(awaited(done, { at: 500, takes: 1_400 }), []);
  assert.deepEqual(awaited(done, { at: 500, takes: 3_000 }), ["await-missed"]);
  assert.deepEqual(awaited(notDone, { at: 500, takes: 3_000 }), ["await-missed"]);
});

test("an await may be over before the end", () => {
  assert.deepEqual(awaited(notDone, { at: 500, takes: 400 }), []);
  assert.deepEqual(awaited(notDone, { at: 500, takes: 1_000 }), []);
});

test("an await that begins after the end answers at once", () => {
  assert.deepEqual(awaited(done, { at: 5_000 }), []);
  assert.deepEqual(awaited(notDone, { at: 3_000 }), ["await-missed", "revisions"]);
  assert.deepEqual(awaited(done, { at: 5_000, takes: 3_000 }), ["await-missed"]);
});

test("an await that hung although the end was known", () => {
  assert.deepEqual(awaited("STILL_RUNNING", { at: 500, takes: 3_000 }), ["await-missed"]);
  assert.deepEqual(awaited("SERVER_UNREACHABLE", { at: 500, takes: 3_000 }), []);
  assert.deepEqual(awaited("STILL_RUNNING", { at: 500, takes: 1_000 }), []);
});

test("an await without any answer hung if its process lived on", () => {
  const living = (at: number) => endedAt1000().event("waiter", { type: "processEnded", at });
  assert.deepEqual(awaited(undefined, { at: 500 }, living(13_000)), ["await-missed"]);
  assert.deepEqual(awaited(undefined, { at: 500 }, living(9_000)), []);
  assert.deepEqual(awaited(undefined, { at: 500 }), []);
});

test("nothing is late while something is broken, or right afterwards", () => {
  const broken = (until: number, affects: "server" | "worker") =>
    endedAt1000().injection("hit", { at: 900, until, affects: [affects] });
  const late = { at: 500, takes: 3_000 };
  assert.deepEqual(awaited(done, late, broken(2_600, "server")), []);
  assert.deepEqual(awaited(done, late, broken(9_000, "server")), []);
  assert.deepEqual(awaited(done, late, broken(2_000, "server")), ["await-missed"]);
  assert.deepEqual(awaited(done, late, broken(2_600, "worker")), ["await-missed"]);
  assert.deepEqual(awaited("STILL_RUNNING", late, broken(2_000, "server")), []);
  assert.deepEqual(awaited("STILL_RUNNING", late, broken(2_000, "worker")), ["await-missed"]);
});

test("a task that may have been retried may have been alive again", () => {
  const retried = () => endedAt1000().call({ op: "retry", taskId: "a" }, undefined, { at: 1_100 });
  const alive = { tasks: [sightOf("a", { state: "PENDING", revision: 4, retries: 1 })] };
  assert.deepEqual(awaited(alive, { at: 5_000, takes: 3_000 }, retried()), []);
});

test("an await of changes answers before the end", () => {
  const call = { ...AWAIT, afterRevision: 1 };
  const script = endedAt1000().call(call, notDone, { at: 900, takes: 5 });
  assert.deepEqual(script.refusedBy(), []);
});

test("a batch waits for as many as it asks for", () => {
  const batch = (minCount: number, tasks: Answer["tasks"], takes: number) =>
    endedAt1000()
      .enqueue("b", { at: 0, by: "other" })
      .call(
        { op: "await", taskIds: ["a", "b"], waitMs: 10_000, minCount },
        { tasks },
        { at: 500, takes, by: "waiter" },
      )
      .refusedBy();
  const ended = [sightOf("a", ENDED)];
  assert.deepEqual(batch(1, ended, 700), []);
  assert.deepEqual(batch(1, [], 3_000), ["await-missed"]);
  assert.deepEqual(batch(2, ended, 9_000), []);
});

test("a run waits like an await", () => {
  const run = { op: "run", tasks: [{ taskId: "b", name: "work" }], waitMs: 10_000 } as const;
  const end = { ...ENDED, revision: 3 };
  const script = (takes: number) =>
    new Script()
      .call(
        run,
        { enqueued: [{ taskId: "b", created: true }], tasks: [sightOf("b", end)], done: true },
        { at: 0, takes },
      )
      .lease("b", 1, { at: 10 })
      .report("b", 1, { at: 990, verdict: "RECORDED" })
      .refusedBy();
  assert.deepEqual(script(1_100), []);
  assert.deepEqual(script(4_000), ["await-missed"]);
});
