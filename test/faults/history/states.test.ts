import assert from "node:assert/strict";
import { test } from "node:test";
import { Script } from "./script.ts";

const ENDED = { state: "SUCCEEDED", revision: 3, endedAt: 40, result: "1" } as const;

/** One task that was seen at its end. */
function ended(): Script {
  return new Script().enqueue("a", { at: 0 }).see("a", ENDED, { at: 50 });
}

test("a terminal task may be seen again, with or without its result", () => {
  const script = ended()
    .see("a", ENDED, { at: 60 })
    .see("a", { ...ENDED, result: undefined }, { at: 70 });
  assert.deepEqual(script.refusedBy(), []);
});

test("a terminal state does not change", () => {
  const failed = ended().see("a", { ...ENDED, state: "FAILED", revision: 4 }, { at: 60 });
  assert.ok(failed.refusedBy().includes("terminal-changed"));
  const moved = ended().see("a", { ...ENDED, endedAt: 41 }, { at: 60 });
  assert.deepEqual(moved.refusedBy(), ["terminal-changed"]);
  const written = ended().see("a", { ...ENDED, revision: 4 }, { at: 60 });
  assert.deepEqual(written.refusedBy(), ["terminal-changed"]);
  const other = ended().see("a", { ...ENDED, result: "2" }, { at: 60 });
  assert.deepEqual(other.refusedBy(), ["terminal-changed"]);
  const alive = ended().see("a", { state: "RUNNING", revision: 4 }, { at: 60, by: "reader" });
  assert.ok(alive.refusedBy().includes("terminal-changed"));
});

test("a retry begins another life", () => {
  for (const answer of [{}, undefined, "SERVER_UNREACHABLE"]) {
    const script = ended()
      .call({ op: "retry", taskId: "a" }, answer, { at: 60 })
      .see("a", { state: "PENDING", revision: 4, retries: 1 }, { at: 70 })
      .see("a", { state: "FAILED", revision: 6, retries: 1, endedAt: 80 }, { at: 90 });
    assert.deepEqual(script.refusedBy(), []);
  }
});

test("a life that nobody asked for", () => {
  const life = { state: "FAILED", revision: 6, retries: 1, endedAt: 80 } as const;
  assert.deepEqual(ended().see("a", life, { at: 90 }).refusedBy(), ["terminal-changed"]);
  const refused = ended().call({ op: "retry", taskId: "a" }, "REVISION_MISMATCH", { at: 60 });
  assert.deepEqual(refused.see("a", life, { at: 90 }).refusedBy(), ["terminal-changed"]);
  const bulk = ended().call({ op: "retryMatching" }, {}, { at: 60 });
  assert.deepEqual(bulk.see("a", life, { at: 90 }).refusedBy(), []);
});

test("what a report was told is what everybody sees", () => {
  const script = (state: "SUCCEEDED" | "FAILED") =>
    new Script()
      .enqueue("a", { at: 0 })
      .lease("a", 1, { at: 10 })
      .report("a", 1, { at: 20, verdict: "RECORDED" })
      .see("a", { state, revision: 3, endedAt: 22 }, { at: 50 });
  assert.deepEqual(script("SUCCEEDED").refusedBy(), []);
  assert.deepEqual(script("FAILED").refusedBy(), ["terminal-changed"]);
});

test("a revision does not go back", () => {
  const seen = (at: number, by: string) =>
    new Script()
      .enqueue("a", { at: 0 })
      .see("a", { state: "RUNNING", revision: 2 }, { at: 50 })
      .see("a", { state: "PENDING", revision: 1 }, { at, by });
  assert.deepEqual(seen(100, "reader").refusedBy(), ["revisions"]);
  assert.deepEqual(seen(56, "client").refusedBy(), ["revisions"]);
  // Too close for two clocks, and under way at the same time.
  assert.deepEqual(seen(60, "reader").refusedBy(), []);
  assert.deepEqual(seen(45, "reader").refusedBy(), []);
});

test("a revision stands for one state, save that what waits becomes due", () => {
  const seen = (state: "PENDING" | "RUNNING") =>
    new Script()
      .enqueue("a", { at: 0 })
      .see("a", { state: "SCHEDULED", revision: 1 }, { at: 10 })
      .see("a", { state, revision: 1 }, { at: 50 });
  assert.deepEqual(seen("PENDING").refusedBy(), []);
  assert.deepEqual(seen("RUNNING").refusedBy(), ["revisions"]);
});

test("a read after the recorded end knows of it", () => {
  const seen = (at: number) =>
    new Script()
      .enqueue("a", { at: 0 })
      .lease("a", 1, { at: 10 })
      .report("a", 1, { at: 20, verdict: "RECORDED" })
      .see("a", { state: "RUNNING", revision: 2 }, { at });
  assert.deepEqual(seen(50).refusedBy(), ["revisions"]);
  assert.deepEqual(seen(24).refusedBy(), []);
  assert.deepEqual(seen(50).call({ op: "retry", taskId: "a" }, {}, { at: 30 }).refusedBy(), []);
});

test("an id that was deleted and used again is left alone", () => {
  const script = ended()
    .call({ op: "delete", taskId: "a" }, {}, { at: 60 })
    .enqueue("a", { at: 70 })
    .see("a", { state: "PENDING", revision: 1, createdAt: 70 }, { at: 80 });
  assert.deepEqual(script.refusedBy(), []);
});
