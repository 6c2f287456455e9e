import assert from "node:assert/strict";
import { test } from "node:test";
import { create, resultOf, setup } from "./setup.ts";

test("a paused worker takes nothing, what runs goes on, and a resumed one takes what waits", async (t) => {
  const gate = Promise.withResolvers<string>();
  const { server, worker } = await setup(t, { slow: () => gate.promise, quick: () => "quick" });
  const slow = server.push({ name: "slow" });
  await server.until(() => worker.status.held === 1);
  await worker.pause();
  assert.equal(server.heartbeats.at(-1)?.draining, true);
  await server.until(() => server.parkedCount === 0);
  const waiting = server.push({ name: "quick" });
  const beats = server.heartbeats.length;
  await server.until(() => server.heartbeats.length > beats + 2);
  assert.equal(server.outcomeOf(waiting), undefined);
  assert.equal(server.parkedCount, 0);
  gate.resolve("done");
  assert.equal(resultOf(await server.outcome(slow)), "done");
  await worker.resume();
  assert.equal(resultOf(await server.outcome(waiting)), "quick");
  assert.equal(server.heartbeats.at(-1)?.draining, false);
});

test("what is handed out at the moment of the pause goes back for a while", async (t) => {
  const { server, worker } = await setup(t, { quick: () => "quick" });
  await server.until(() => server.parkedCount > 0);
  const paused = worker.pause();
  const late = server.push({ name: "quick" });
  await paused;
  const { kind } = await server.outcome(late);
  assert.equal(kind.case, "release");
  assert.ok((kind.value as { delay?: unknown }).delay !== undefined);
});

test("pauses and resumes in quick turns end as the last one says", async (t) => {
  const { server, worker } = await setup(t, { quick: () => "quick" });
  await Promise.all([worker.pause(), worker.resume(), worker.pause(), worker.resume()]);
  assert.equal(resultOf(await server.outcome(server.push({ name: "quick" }))), "quick");
  await Promise.all([worker.resume(), worker.pause()]);
  await server.until(() => server.parkedCount === 0);
  // A paused worker ends like any other.
  await worker.stop();
  assert.equal(server.unregistered, 1);
});

test("a worker that does not run has nothing to pause", async () => {
  const { worker } = create({ quick: () => "quick" });
  await worker.pause();
  await worker.resume();
  assert.equal(worker.status.state, "idle");
});
