import assert from "node:assert/strict";
import { test } from "node:test";
import { attemptSight, Script } from "./script.ts";

/** One task whose first attempt is handed out to a worker at 10: its lease is 1.5 s, then 2 s. */
function leased(): Script {
  return new Script().enqueue("a", { at: 0 }).lease("a", 1, { at: 10 });
}

test("a superseded lease is LOST", () => {
  const renewed = (verdict: "HELD" | "CANCEL_REQUESTED" | "LOST" | "maybe", at = 3_000) =>
    leased()
      .lease("a", 2, { at: 2_500, by: "other" })
      .heartbeat("a", 1, { at, verdict })
      .refusedBy();
  assert.deepEqual(renewed("LOST"), []);
  assert.deepEqual(renewed("maybe"), []);
  assert.deepEqual(renewed("HELD"), ["superseded-lease"]);
  assert.deepEqual(renewed("CANCEL_REQUESTED"), ["superseded-lease"]);
  assert.deepEqual(renewed("HELD", 500), []);
});

test("a lease whose outcome is RECORDED is not held", () => {
  const renewed = (verdict: "RECORDED" | "REFUSED" | "maybe") =>
    leased()
      .report("a", 1, { at: 100, verdict })
      .heartbeat("a", 1, { at: 200, verdict: "HELD" })
      .refusedBy();
  assert.deepEqual(renewed("RECORDED"), ["superseded-lease"]);
  assert.deepEqual(renewed("REFUSED"), []);
  assert.deepEqual(renewed("maybe"), []);
});

// The lease can last until 2,205; sweep, two heartbeats, slack and clocks: 3,010 ms more.
test("nothing runs on without a lease", () => {
  const seen = (at: number, attempt?: number) => {
    const attempts = attempt === undefined ? [] : [attemptSight(attempt, "RUNNING")];
    return leased()
      .heartbeat("a", 1, { at: 200, verdict: "HELD" })
      .see("a", { state: "RUNNING", revision: 2, ...(attempt ? { attempts } : {}) }, { at });
  };
  assert.deepEqual(seen(5_200).refusedBy(), []);
  assert.deepEqual(seen(5_300).refusedBy(), ["expired-lease"]);
  assert.deepEqual(seen(5_300, 1).refusedBy(), ["expired-lease"]);
  // The second attempt is one that a poll took whose answer was lost.
  assert.deepEqual(seen(5_300, 2).refusedBy(), []);
  const poll = { op: "poll", session: "other", max: 1 } as const;
  assert.deepEqual(seen(5_300).call(poll, undefined, { at: 2_500, by: "other" }).refusedBy(), []);
  assert.deepEqual(seen(5_300, 1).call(poll, undefined, { at: 2_500, by: "other" }).refusedBy(), [
    "expired-lease",
  ]);
});

test("a renewal without an answer may have come through, also when what broke was mended", () => {
  const seen = (until: number) =>
    leased()
      .heartbeat("a", 1, { at: 1_000, verdict: "maybe", takes: 500 })
      .injection("cut", { at: 900, until, affects: ["worker"] })
      .see("a", { state: "RUNNING", revision: 2 }, { at: 8_000 });
  assert.deepEqual(seen(1_400).refusedBy(), ["expired-lease"]);
  assert.deepEqual(seen(2_500).refusedBy(), []);
});

test("servers that are hit rescue nothing until they are back", () => {
  const seen = (until: number, affects: "server" | "worker") =>
    leased()
      .injection("hit", { at: 1_000, until, affects: [affects] })
      .see("a", { state: "CANCELING", revision: 3 }, { at: 8_500 });
  assert.deepEqual(seen(4_000, "server").refusedBy(), ["expired-lease"]);
  assert.deepEqual(seen(5_000, "server").refusedBy(), []);
  assert.deepEqual(seen(9_000, "server").refusedBy(), []);
  assert.deepEqual(seen(5_000, "worker").refusedBy(), ["expired-lease"]);
});

test("many short calms are as good as a long one", () => {
  const script = leased();
  for (let at = 2_000; at < 20_000; at += 2_000)
    script.injection(`hit-${at}`, { at, until: at + 200, affects: ["backend"] });
  const seen = (at: number) => script.see("a", { state: "RUNNING", revision: 2 }, { at });
  assert.deepEqual(seen(10_000).refusedBy(), []);
  assert.deepEqual(seen(16_000).refusedBy(), ["expired-lease"]);
});

test("a lost attempt was rescued in time", () => {
  const readOut = (endedAt: number, script = leased()) => {
    const attempts = [attemptSight(1, "LOST", { endedAt })];
    const sight = { state: "FAILED", revision: 3, endedAt, attempts } as const;
    return script.readOut("a", sight, { at: 20_000 });
  };
  assert.deepEqual(readOut(4_000).refusedBy(), []);
  assert.deepEqual(readOut(5_000).refusedBy(), ["expired-lease"]);
  const jumped = leased().injection("jump", { at: 1, until: 2, affects: ["clock"], jumpMs: 9 });
  assert.deepEqual(readOut(5_000, jumped).refusedBy(), []);
});

test("a live lease is not taken away", () => {
  const next = (at: number, script = leased()) =>
    script
      .heartbeat("a", 1, { at: 1_000, verdict: "HELD" })
      .lease("a", 2, { at, by: "other" })
      .refusedBy();
  assert.deepEqual(next(3_000), []);
  assert.deepEqual(next(2_000), ["rescued-early"]);
  const ended = { at: 1_500, kind: "failure", verdict: "maybe" } as const;
  assert.deepEqual(next(2_000, leased().report("a", 1, ended)), []);
  const gone = leased().call({ op: "unregister", session: "worker" }, undefined, { at: 1_500 });
  assert.deepEqual(next(2_000, gone), []);
  const retried = leased().call({ op: "retry", taskId: "a" }, undefined, { at: 1_500 });
  assert.deepEqual(next(2_000, retried), []);
  const jumped = leased().injection("jump", { at: 1_400, until: 1_500, affects: ["clock"] });
  assert.deepEqual(next(2_000, jumped), []);
});

test("a worker that is told of its loss knows as much", () => {
  const told = (at: number, script = leased()) =>
    script
      .heartbeat("a", 1, { at: 1_000, verdict: "HELD" })
      .heartbeat("a", 1, { at, verdict: "LOST" })
      .refusedBy();
  assert.deepEqual(told(3_000), []);
  assert.deepEqual(told(2_000), ["rescued-early"]);
  const reported = { at: 1_500, kind: "success", verdict: "RECORDED" } as const;
  assert.deepEqual(told(2_000, leased().report("a", 1, reported)), []);
  const forced = leased().call({ op: "cancel", taskId: "a" }, undefined, { at: 1_500 });
  assert.deepEqual(told(2_000, forced), []);
});

test("after a pause leases get two heartbeats before they are rescued", () => {
  const next = (at: number, outage: boolean, until = 4_100) =>
    leased()
      .heartbeat("a", 1, { at: 1_000, verdict: "HELD" })
      .injection("away", { at: 1_500, until, affects: ["backend"], outage })
      .lease("a", 2, { at, by: "other" })
      .refusedBy();
  assert.deepEqual(next(4_500, true), ["rescued-early"]);
  assert.deepEqual(next(5_100, true), []);
  assert.deepEqual(next(4_500, false), []);
  // Too short for the servers to notice.
  assert.deepEqual(next(3_600, true, 3_400), []);
});

test("what was served meanwhile was no outage", () => {
  const next = (sent: number, verdict: "HELD" | "maybe") =>
    leased()
      .heartbeat("a", 1, { at: 1_000, verdict: "HELD" })
      .injection("away", { at: 1_500, until: 4_500, affects: ["backend"], outage: true })
      .enqueue("b", { at: 0, by: "other" })
      .lease("b", 1, { at: 1_200, by: "other" })
      .heartbeat("b", 1, { at: sent, by: "other", verdict })
      .lease("a", 2, { at: 5_000, by: "other" })
      .refusedBy();
  assert.deepEqual(next(3_000, "HELD"), []);
  assert.deepEqual(next(3_000, "maybe"), ["rescued-early"]);
  assert.deepEqual(next(1_600, "HELD"), ["rescued-early"]);
});

test("an attempt has one token and one holder", () => {
  const again = (token: string, attempt = 1) =>
    leased().lease("a", attempt, { at: 20, by: "other", token }).refusedBy();
  assert.deepEqual(again("other"), ["one-holder"]);
  assert.deepEqual(again("a#1"), ["one-holder"]);
});

test("a handler starts once for an attempt", () => {
  const started = (second: { token?: string; by?: string }, attempt = 1) =>
    leased()
      .start("a", 1, { at: 20 })
      .start("a", attempt, { at: 2_000, ...second })
      .refusedBy();
  assert.deepEqual(started({ by: "other", token: "other" }), ["one-holder"]);
  assert.deepEqual(started({ by: "other" }), ["one-holder"]);
  assert.deepEqual(started({ by: "other" }, 2), []);
});

test("attempts and fencing tokens grow", () => {
  const next = (attempt: number, fencing: number, at = 3_000) =>
    new Script()
      .enqueue("a", { at: 0 })
      .lease("a", 2, { at: 10, fencing: 7 })
      .lease("a", attempt, { at, fencing, by: "other" })
      .refusedBy();
  assert.deepEqual(next(3, 8), []);
  assert.deepEqual(next(3, 7), ["attempt-numbers"]);
  assert.deepEqual(next(3, 6), ["attempt-numbers"]);
  assert.ok(next(1, 6).includes("attempt-numbers"));
  // Two polls at the same time may be answered in any order.
  assert.deepEqual(next(1, 6, 12), ["rescued-early"]);
});

test("attempts are kept in order", () => {
  const kept = (first: number, second: number) => {
    const attempts = [attemptSight(first, "FAILED"), attemptSight(second, "FAILED")];
    const sight = { state: "FAILED", revision: 5, endedAt: 50, attempts } as const;
    return new Script().enqueue("a", { at: 0 }).readOut("a", sight, { at: 100 }).refusedBy();
  };
  assert.deepEqual(kept(1, 2), []);
  assert.deepEqual(kept(2, 1), ["attempt-numbers"]);
  assert.deepEqual(kept(2, 2), ["attempt-numbers"]);
});

test("a worker in a server starts attempts whose leases nobody noted", () => {
  const started = (at: number, attempt: number) =>
    leased().start("a", attempt, { at, by: "server", token: "" });
  const held = { at: 3_000, verdict: "HELD" } as const;
  assert.deepEqual(started(2_500, 2).heartbeat("a", 1, held).refusedBy(), ["superseded-lease"]);
  const failed = { at: 3_000, kind: "failure", verdict: "RECORDED" } as const;
  assert.deepEqual(started(2_500, 2).report("a", 1, failed).refusedBy(), ["stale-outcome"]);
  assert.deepEqual(started(2_500, 1).refusedBy(), ["one-holder"]);
  const running = { state: "RUNNING", revision: 4 } as const;
  assert.deepEqual(started(2_500, 2).see("a", running, { at: 9_000 }).refusedBy(), []);
});
