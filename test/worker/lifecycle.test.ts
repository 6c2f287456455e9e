import assert from "node:assert/strict";
import { test } from "node:test";
import { DirectiveKind } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { QTasksError } from "../../src/core/errors.ts";
import type { HandlerContext } from "../../src/worker/context.ts";
import { assertNoLeaks } from "../support/leaks.ts";
import type { FakeServer } from "./fake-server.ts";
import { aborted, create, registrations, setup } from "./setup.ts";

test("stop works before start and twice; start works twice and after a stop", async () => {
  const { server, worker } = create({ it: () => 1 });
  await worker.stop();
  await worker.stop();
  await Promise.all([worker.start(), worker.start()]);
  await worker.start();
  assert.equal(server.registrations.length, 1);
  assert.equal(worker.status.state, "running");
  await Promise.all([worker.stop(), worker.stop()]);
  await worker.stop();
  assert.equal(server.unregistered, 1);
  assert.equal(worker.status.state, "stopped");
  await worker.start();
  assert.notEqual(server.registrations[0]?.sessionId, server.registrations[1]?.sessionId);
  const stopping = worker.stop();
  await worker.start();
  await stopping;
  assert.equal(worker.status.state, "running");
  await server.outcome(server.push({ name: "it" }));
  await worker.stop();
});

test("a hundred starts and stops leave nothing open", async () => {
  await assertNoLeaks(async () => {
    const { server, worker } = create({ it: () => 1 });
    for (let n = 0; n < 100; n++) {
      await worker.start();
      await server.outcome(server.push({ name: "it" }));
      await worker.stop();
    }
    assert.equal(server.unregistered, 100);
  });
});

test("while the server is away start waits, and stop ends the wait", async () => {
  const { server, worker } = create({});
  server.broken.set("registerWorker", new QTasksError("SERVER_UNREACHABLE", "away"));
  const started = worker.start();
  const refused = assert.rejects(started, { reason: "CALL_CANCELED" });
  await worker.stop();
  await refused;
  const again = worker.start();
  server.broken.clear();
  await again;
  await worker.stop();
});

test("a stop ends the start whenever it comes, also when the server has just answered", async () => {
  for (let turns = 0; turns < 60; turns++) {
    const trace: string[] = [];
    const starting = (): void => void trace.push("starting");
    const stopped = (): void => void trace.push("stopped");
    const { worker } = create({ it: () => 1 }, { hooks: { starting, stopped } });
    const started = worker.start().catch(() => undefined);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    await Promise.all([started, worker.stop()]);
    assert.equal(worker.status.state, "stopped", `after ${turns} turns`);
    assert.deepEqual(trace, ["starting", "stopped"]);
    await worker.start();
    assert.equal(worker.status.state, "running");
    await worker.stop();
  }
});

test("a server that refuses the worker makes start fail", async () => {
  const { server, worker } = create({});
  server.broken.set("registerWorker", new QTasksError("FIELD_VIOLATION", "slots"));
  await assert.rejects(worker.start(), { reason: "FIELD_VIOLATION" });
  assert.equal(worker.status.state, "stopped");
});

test("stop lets handlers finish and reports them", async () => {
  const { server, worker } = create({
    it: async (_: unknown, { signal }: HandlerContext) => {
      await server.until(() => server.heartbeats.some(({ draining }) => draining));
      assert.equal(signal.aborted, false);
      return "finished";
    },
  });
  await worker.start();
  const id = server.push({ name: "it" });
  await server.until(() => worker.status.held === 1);
  await worker.stop();
  assert.equal(server.outcomeOf(id)?.kind.case, "success");
  assert.equal(server.unregistered, 1);
  assert.equal(server.parkedCount, 0);
});

test("after the grace handlers are told to stop, and the rest is released uncounted", async () => {
  const { server, worker } = create(
    {
      heeds: async (_: unknown, { signal, saveCheckpoint }: HandlerContext) => {
        await aborted(signal);
        saveCheckpoint("so far");
        throw signal.reason;
      },
      finishes: async (_: unknown, { signal }: HandlerContext) => {
        await aborted(signal);
        return "just so";
      },
      deaf: () => new Promise(() => {}),
    },
    { graceMs: 50 },
  );
  await worker.start();
  const [heeds, finishes, deaf] = ["heeds", "finishes", "deaf"].map((name) =>
    server.push({ name }),
  );
  await server.until(() => worker.status.held === 3);
  await worker.stop();
  assert.equal(server.outcomeOf(heeds!)?.kind.case, "release");
  assert.equal(server.outcomeOf(heeds!)?.checkpoint?.body.value, '"so far"');
  assert.equal(server.outcomeOf(finishes!)?.kind.case, "success");
  assert.equal(server.outcomeOf(deaf!)?.kind.case, "release");
  assert.equal(server.unregistered, 1);
});

test("what a parked poll brings while the worker drains is given back", async () => {
  const { server, worker } = create({ it: () => assert.fail("it ran") });
  await worker.start();
  await server.until(() => server.parkedCount === 1);
  const { heartbeat } = server.calls;
  (server.calls as { heartbeat: typeof heartbeat }).heartbeat = (request, options) => {
    if (request.draining === true && server.outcomes.length === 0) server.push({ name: "it" });
    return heartbeat(request, options);
  };
  await worker.stop();
  assert.equal(server.outcomes[0]?.kind.case, "release");
});

test("with the server away stop still ends", async () => {
  const { server, worker, logs } = create({ it: () => 1 }, { graceMs: 50 });
  await worker.start();
  await server.until(() => server.parkedCount === 1);
  for (const method of ["heartbeat", "reportOutcomes", "unregisterWorker", "pollTasks"] as const)
    server.broken.set(method, new QTasksError("SERVER_UNREACHABLE", "away"));
  server.push({ name: "it" });
  await server.until(() => worker.status.held === 1);
  await worker.stop();
  assert.ok(logs.some(({ msg }) => msg.includes("could not be ended")));
});

test("an operator's drain ends the worker", async () => {
  const { server, worker } = create({ it: () => 1 });
  await worker.start();
  await server.outcome(server.push({ name: "it" }));
  await server.until(() => server.parkedCount === 1);
  server.direct({ kind: DirectiveKind.DRAIN, reason: "maintenance" });
  await worker.done;
  assert.equal(worker.status.state, "stopped");
  assert.equal(server.unregistered, 1);
});

test("a handler that is added while the worker runs is told to the server", async (t) => {
  const { server, worker } = await setup(t, { a: () => 1 });
  const [added] = registrations({ b: () => 2 });
  await worker.add(added!);
  assert.equal(server.registrations.at(-1)?.definitions?.length, 2);
  assert.equal((await server.outcome(server.push({ name: "b" }))).kind.case, "success");
  await assert.rejects(worker.add(added!), { reason: "DEFINITION_CONFLICT" });
});

test("handlers that are added at once while the worker runs are all told to the server", async (t) => {
  const { server, worker } = await setup(t, { a: () => 1 });
  const added = registrations({ b: () => 2, c: () => 3, d: () => 4 });
  await Promise.all(added.map((registration) => worker.add(registration)));
  assert.deepEqual(namesIn(server.registrations.at(-1)), ["a", "b", "c", "d"]);
});

test("a handler that is added at any turn of the start is told to the server", async (t) => {
  for (let turns = 0; turns < 40; turns++) {
    const { server, worker } = create({ a: () => 1 });
    t.after(() => worker.stop());
    const starting = worker.start();
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    await Promise.all([starting, worker.add(registrations({ b: () => 2 })[0]!)]);
    assert.deepEqual(namesIn(server.registrations.at(-1)), ["a", "b"], `after ${turns} turns`);
  }
});

test("options out of range are refused by name", () => {
  for (const [options, expected] of [
    [{ slots: 0 }, /slots must be a whole number from 1 to 10000; got 0/],
    [{ slots: 1.5 }, /got 1\.5/],
    [{ graceMs: -1 }, /graceMs .* got -1/],
  ] as const)
    assert.throws(() => create({}, options), { reason: "CONFIG_INVALID", message: expected });
});

function namesIn(registration: FakeServer["registrations"][number] | undefined) {
  return registration?.definitions?.map(({ name }) => name);
}
