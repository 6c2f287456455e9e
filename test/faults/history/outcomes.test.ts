import assert from "node:assert/strict";
import { test } from "node:test";
import { attemptSight, Script } from "./script.ts";

/** One task whose first attempt is handed out to a worker at 10. */
function leased(): Script {
  return new Script().enqueue("a", { at: 0 }).lease("a", 1, { at: 10 });
}

test("the same report again is RECORDED again", () => {
  const script = leased()
    .report("a", 1, { at: 50, verdict: "maybe" })
    .report("a", 1, { at: 60, verdict: "RECORDED" })
    .report("a", 1, { at: 70, verdict: "RECORDED" });
  assert.deepEqual(script.refusedBy(), []);
});

test("two different outcomes of one attempt can't both be RECORDED", () => {
  const script = leased()
    .report("a", 1, { at: 50, kind: "failure", verdict: "RECORDED" })
    .report("a", 1, { at: 60, kind: "success", verdict: "RECORDED" });
  assert.ok(script.refusedBy().includes("doubled"));
  const first = leased()
    .report("a", 1, { at: 50, kind: "failure", verdict: "RECORDED" })
    .report("a", 1, { at: 60, kind: "success", verdict: "STALE" });
  assert.deepEqual(first.refusedBy(), []);
});

test("a release of a task that is being canceled ends it, and stands for a cancel", () => {
  const script = leased()
    .call({ op: "cancel", taskId: "a" }, {}, { at: 30 })
    .report("a", 1, { at: 50, kind: "release", verdict: "RECORDED" })
    .report("a", 1, { at: 60, kind: "canceled", verdict: "RECORDED" });
  assert.deepEqual(script.refusedBy(), []);
});

test("two attempts end a task only with a retry in between", () => {
  const ends = (script: Script) =>
    script
      .report("a", 1, { at: 50, verdict: "RECORDED" })
      .lease("a", 2, { at: 100, by: "other" })
      .report("a", 2, { at: 150, verdict: "RECORDED", by: "other" });
  assert.deepEqual(ends(leased()).refusedBy(), ["doubled"]);
  const retried = leased().call({ op: "retry", taskId: "a" }, {}, { at: 80 });
  assert.deepEqual(ends(retried).refusedBy(), []);
  const maybe = leased().call({ op: "retry", taskId: "a" }, undefined, { at: 80 });
  assert.deepEqual(ends(maybe).refusedBy(), []);
  const refused = leased().call({ op: "retry", taskId: "a" }, "TASK_NOT_TERMINAL", { at: 30 });
  assert.deepEqual(ends(refused).refusedBy(), ["doubled"]);
  const tooLate = leased().call({ op: "retry", taskId: "a" }, {}, { at: 200 });
  assert.deepEqual(ends(tooLate).refusedBy(), ["doubled"]);
});

test("a retry that was refused while the datastore was away may have come through the first time", () => {
  const script = leased()
    .injection("cut", { at: 70, until: 90, affects: ["backend"] })
    .report("a", 1, { at: 50, verdict: "RECORDED" })
    .call({ op: "retry", taskId: "a" }, "TASK_NOT_TERMINAL", { at: 80 })
    .lease("a", 2, { at: 100 })
    .report("a", 2, { at: 150, verdict: "RECORDED" });
  assert.deepEqual(script.refusedBy(), []);
});

test("an outcome of a superseded lease is STALE", () => {
  const superseded = () => leased().lease("a", 2, { at: 2_500, by: "other" });
  const report = { at: 3_000, kind: "failure" } as const;
  assert.deepEqual(
    superseded()
      .report("a", 1, { ...report, verdict: "STALE" })
      .refusedBy(),
    [],
  );
  assert.deepEqual(
    superseded()
      .report("a", 1, { ...report, verdict: "RECORDED" })
      .refusedBy(),
    ["stale-outcome"],
  );
});

test("an outcome may have been recorded by a report whose answer was lost", () => {
  const failed = (firstKind: "failure" | "success") =>
    leased()
      .report("a", 1, { at: 50, kind: firstKind, verdict: "maybe" })
      .lease("a", 2, { at: 500, by: "other" })
      .report("a", 1, { at: 600, kind: "failure", verdict: "RECORDED" });
  assert.deepEqual(failed("failure").refusedBy(), []);
  assert.deepEqual(failed("success").refusedBy(), ["stale-outcome"]);
});

test("a report that overlaps the next hand-out may have come first", () => {
  const script = leased()
    .lease("a", 2, { at: 2_500, by: "other" })
    .report("a", 1, { at: 2_400, takes: 500, kind: "failure", verdict: "RECORDED" });
  assert.deepEqual(script.refusedBy(), []);
});

test("an attempt that was seen in the task counts as handed out", () => {
  const attempts = [attemptSight(1, "LOST"), attemptSight(2, "RUNNING")];
  const script = leased()
    .see("a", { state: "RUNNING", revision: 4, attempts }, { at: 2_500 })
    .report("a", 1, { at: 3_000, kind: "failure", verdict: "RECORDED" });
  assert.deepEqual(script.refusedBy(), ["stale-outcome"]);
});

test("no outcome is recorded after the end was seen", () => {
  const canceled = leased().see("a", { state: "CANCELED", revision: 4, endedAt: 90 }, { at: 100 });
  canceled.report("a", 1, { at: 200, kind: "canceled", verdict: "RECORDED" });
  assert.deepEqual(canceled.refusedBy(), ["stale-outcome"]);
});

test("the end of a session releases its leases, and a release after that is a repeat", () => {
  const script = leased()
    .call({ op: "unregister", session: "worker" }, undefined, { at: 50 })
    .lease("a", 2, { at: 500, by: "other" })
    .report("a", 1, { at: 600, kind: "release", verdict: "RECORDED" });
  assert.deepEqual(script.refusedBy(), []);
});

test("the record keeps what was RECORDED", () => {
  const reported = (kind: "success" | "failure" | "release") =>
    leased().report("a", 1, { at: 50, kind, verdict: "RECORDED", result: "1" });
  const ended = (state: "SUCCEEDED" | "FAILED" | "LOST" | "TIMED_OUT") => ({
    state: state === "SUCCEEDED" ? ("SUCCEEDED" as const) : ("FAILED" as const),
    revision: 3,
    endedAt: 60,
    ...(state === "SUCCEEDED" ? { result: "1" } : {}),
    attempts: [attemptSight(1, state, { endedAt: 60 })],
  });
  const at = { at: 100 };
  assert.deepEqual(reported("success").readOut("a", ended("SUCCEEDED"), at).refusedBy(), []);
  assert.deepEqual(reported("failure").readOut("a", ended("FAILED"), at).refusedBy(), []);
  assert.deepEqual(reported("failure").readOut("a", ended("TIMED_OUT"), at).refusedBy(), []);
  assert.deepEqual(reported("failure").readOut("a", ended("LOST"), at).refusedBy(), [
    "recorded-outcomes",
  ]);
  const none = { ...ended("FAILED"), attempts: [] };
  assert.deepEqual(reported("failure").readOut("a", none, at).refusedBy(), ["recorded-outcomes"]);
});

test("old attempts are forgotten once the history of the record is full", () => {
  const attempts = [attemptSight(2, "FAILED"), attemptSight(3, "FAILED")];
  const readOut = (attemptHistory: number) =>
    new Script({ attemptHistory })
      .enqueue("a", { at: 0 })
      .lease("a", 1, { at: 10 })
      .report("a", 1, { at: 50, kind: "failure", verdict: "RECORDED" })
      .readOut("a", { state: "FAILED", revision: 7, endedAt: 80, attempts }, { at: 100 });
  assert.deepEqual(readOut(2).refusedBy(), []);
  assert.deepEqual(readOut(3).refusedBy(), ["recorded-outcomes"]);
});

test("a success and its result come from a report", () => {
  const readOut = (script: Script) =>
    script.readOut(
      "a",
      {
        state: "SUCCEEDED",
        revision: 3,
        endedAt: 60,
        result: "1",
        attempts: [attemptSight(1, "SUCCEEDED", { endedAt: 60 })],
      },
      { at: 100 },
    );
  const reported = (result: string) =>
    readOut(leased().report("a", 1, { at: 50, verdict: "maybe", result }));
  assert.deepEqual(reported("1").refusedBy(), []);
  assert.deepEqual(reported("2").refusedBy(), ["recorded-outcomes"]);
  assert.deepEqual(readOut(leased()).refusedBy(), ["recorded-outcomes"]);
  assert.deepEqual(readOut(new Script().enqueue("a", { at: 0 })).refusedBy(), []);
});
