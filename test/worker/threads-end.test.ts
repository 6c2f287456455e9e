import assert from "node:assert/strict";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { FailureKind } from "../../gen/qtasksapi/v1/task_pb.ts";
import { LeaseVerdict } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { toDuration } from "../../src/core/duration.ts";
import { failureOf, resultOf } from "./setup.ts";
import { setupThreads } from "./threads/setup.ts";

const SECOND = toDuration(1_000);

test("a handler that spins for 10 s is ended at its 1 s timeout while 100 others go on", async (t) => {
  const setup = await setupThreads(t, {
    threads: { maxThreads: 3 },
    inline: { inline: () => sleep(20, "inline") },
  });
  const { server, worker, cell } = setup;
  // A thread takes a while to come up, the longer the more tests run beside.
  const warm = [1, 2, 3].map(() => server.push({ name: "block", input: 300 }));
  for (const id of warm) await server.outcome(id);
  const beats = heartbeatsOf(setup);
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const startedAt = performance.now();
  const spinning = server.push({ name: "spinAndMark", input: 10_000, attemptTtl: SECOND });
  const others: string[] = [];
  for (let n = 0; n < 50; n++) {
    others.push(server.push({ name: "inline" }), server.push({ name: "where" }));
    await sleep(10);
  }
  const early = others.filter((id) => server.outcomeOf(id) !== undefined).length;
  assert.equal(server.outcomeOf(spinning), undefined, "its time is not up");
  assert.ok(early > 50, `${early} others ended while it spun`);
  const failure = failureOf(await server.outcome(spinning));
  const tookMs = performance.now() - startedAt;
  for (const id of others) resultOf(await server.outcome(id));
  await ended(() => worker.status.abandoned === 0, 1_500);
  loop.disable();
  assert.equal(failure.kind, FailureKind.ATTEMPT_TIMEOUT);
  assert.ok(tookMs > 950 && tookMs < 1_500, `reported after ${tookMs} ms`);
  const longestMs = loop.max / 1e6;
  assert.ok(longestMs < 250, `the loop stood still for ${longestMs} ms`);
  assert.ok(beats.longestMs < 500, `${beats.longestMs} ms between heartbeats, 50 are asked for`);
  await sleep(100);
  assert.equal(cell[0], 0, "it does not spin on");
  t.diagnostic(`longest delay ${longestMs.toFixed(1)} ms, heartbeats ${beats.longestMs} ms apart`);
});

describe("a handler in a thread that is canceled", () => {
  test("is ended with its thread when it does not heed its signal; the other thread lives", async (t) => {
    const { server, worker } = await setupThreads(t, { threads: { abortGraceMs: 100 } });
    const other = server.push({ name: "heed" });
    const spinning = server.push({ name: "block", input: 10_000 });
    await server.until(() => server.heartbeats.length > 4);
    const startedAt = performance.now();
    server.tell(spinning, LeaseVerdict.CANCEL_REQUESTED, "not wanted");
    const { kind } = await server.outcome(spinning);
    assert.ok(kind.case === "canceled");
    assert.equal(kind.value.reason, "not wanted");
    assert.ok(performance.now() - startedAt < 1_000);
    assert.equal(server.outcomeOf(other), undefined);
    assert.equal(worker.status.abandoned, 0);
    // Its place is taken by a new thread.
    resultOf(await server.outcome(server.push({ name: "where" })));
    server.tell(other, LeaseVerdict.CANCEL_REQUESTED);
    assert.equal((await server.outcome(other)).kind.case, "canceled");
  });

  test("ends by itself when it heeds its signal, and keeps its thread", async (t) => {
    const { server, cell } = await setupThreads(t, { threads: { maxThreads: 1 } });
    const before = resultOf(await server.outcome(server.push({ name: "where" })));
    const taskId = server.push({ name: "heed" });
    await server.until(() => server.heartbeats.length > 4);
    server.tell(taskId, LeaseVerdict.CANCEL_REQUESTED);
    assert.equal((await server.outcome(taskId)).kind.case, "canceled");
    assert.equal(cell[0], 1, "its finally ran");
    assert.equal(resultOf(await server.outcome(server.push({ name: "where" }))), before);
  });

  test("may end well", async (t) => {
    const { server } = await setupThreads(t);
    const taskId = server.push({ name: "stopEarly" });
    await server.until(() => server.eventsOf(taskId).progress.length > 0);
    server.tell(taskId, LeaseVerdict.CANCEL_REQUESTED);
    assert.equal(resultOf(await server.outcome(taskId)), "stopped early: canceled");
  });

  test("never starts when it still waits for a thread", async (t) => {
    const { server, cell } = await setupThreads(t, { threads: { maxThreads: 1 } });
    const first = server.push({ name: "block", input: 600 });
    const inTime = server.push({ name: "spinAndMark", input: 0, attemptTtl: toDuration(200) });
    const canceled = server.push({ name: "spinAndMark", input: 0 });
    const last = server.push({ name: "where" });
    await server.until(() => server.heartbeats.length > 2);
    server.tell(canceled, LeaseVerdict.CANCEL_REQUESTED);
    assert.equal((await server.outcome(canceled)).kind.case, "canceled");
    assert.equal(failureOf(await server.outcome(inTime)).kind, FailureKind.ATTEMPT_TIMEOUT);
    assert.equal(server.outcomeOf(first), undefined);
    resultOf(await server.outcome(last));
    assert.equal(cell[0], 0);
  });
});

describe("a thread that ends by itself", () => {
  const ends = {
    exit: /exited with code: 3/,
    uncaught: /from a timer/,
    eatMemory: /memory/,
  };
  for (const [name, why] of Object.entries(ends))
    test(`${name}: fails its attempt, and the pool goes on`, async (t) => {
      const resourceLimits = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 8 };
      const { server } = await setupThreads(t, { threads: { resourceLimits } });
      const other = server.push({ name: "heed" });
      const failure = failureOf(await server.outcome(server.push({ name, input: 3 })));
      assert.equal(failure.type, "qtasks.ThreadExited");
      assert.match(failure.message, why);
      assert.equal(failure.nonRetryable, false, "another attempt may do better");
      assert.equal(server.outcomeOf(other), undefined, "the other thread is not touched");
      for (let n = 0; n < 3; n++) resultOf(await server.outcome(server.push({ name: "where" })));
    });

  test("what it told before is kept", async (t) => {
    const { server } = await setupThreads(t, { threads: { maxThreads: 1 } });
    const taskId = server.push({ name: "sayAndExit" });
    assert.equal(failureOf(await server.outcome(taskId)).type, "qtasks.ThreadExited");
    const [line] = server.eventsOf(taskId).events;
    assert.ok(line?.event.case === "log");
    assert.equal(line.event.value.message, "the last words");
  });

  test("before it ever ran: fails the attempts that wait, not the worker", async (t) => {
    const execArgv = ["--import", new URL("./threads/exits.ts", import.meta.url).href];
    const { server } = await setupThreads(t, {
      threads: { maxThreads: 2, execArgv },
      inline: { inline: () => "inline" },
    });
    for (let n = 0; n < 3; n++) {
      const failure = failureOf(await server.outcome(server.push({ name: "where" })));
      assert.equal(failure.type, "qtasks.ThreadExited");
    }
    assert.equal(resultOf(await server.outcome(server.push({ name: "inline" }))), "inline");
  });
});

test("a worker that stops gives back what spins in a thread, and leaves no thread", async (t) => {
  const { server, worker, cell } = await setupThreads(t, { worker: { graceMs: 50 } });
  const taskId = server.push({ name: "spinAndMark", input: 10_000 });
  await server.until(() => server.heartbeats.length > 4);
  const startedAt = performance.now();
  await worker.stop();
  assert.ok(performance.now() - startedAt < 3_000);
  assert.equal(server.outcomeOf(taskId)?.kind.case, "release");
  await sleep(50);
  assert.equal(cell[0], 0);
});

test("native code that blocks keeps its thread, but not the worker from stopping", async (t) => {
  const { server, worker, logs } = await setupThreads(t, {
    threads: { maxThreads: 1, abortGraceMs: 50 },
    worker: { graceMs: 50 },
  });
  const blocking = server.push({ name: "sleepNatively", input: 4, attemptTtl: toDuration(1_000) });
  const waiting = server.push({ name: "where" });
  assert.equal(failureOf(await server.outcome(blocking)).kind, FailureKind.ATTEMPT_TIMEOUT);
  await sleep(300);
  assert.equal(worker.status.abandoned, 1);
  assert.equal(server.outcomeOf(waiting), undefined, "its thread still counts");
  const startedAt = performance.now();
  await worker.stop();
  const tookMs = performance.now() - startedAt;
  assert.ok(tookMs < 2_500, `stopped within ${tookMs} ms`);
  assert.equal(server.outcomeOf(waiting)?.kind.case, "release");
  assert.ok(logs.some(({ msg }) => /has not ended/.test(msg)));
});

/** The longest time between two heartbeats so far. */
function heartbeatsOf({ server }: Awaited<ReturnType<typeof setupThreads>>) {
  const { heartbeat } = server.calls;
  const seen = { longestMs: 0 };
  let lastAt = performance.now();
  (server.calls as { heartbeat: typeof heartbeat }).heartbeat = (...args) => {
    const now = performance.now();
    seen.longestMs = Math.round(Math.max(seen.longestMs, now - lastAt));
    lastAt = now;
    return heartbeat(...args);
  };
  return seen;
}

async function ended(condition: () => boolean, ms: number): Promise<void> {
  const until = performance.now() + ms;
  while (!condition()) {
    assert.ok(performance.now() < until, `not within ${ms} ms`);
    await sleep(10);
  }
}
