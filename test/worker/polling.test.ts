import assert from "node:assert/strict";
import { test } from "node:test";
import { DirectiveKind, LeaseVerdict } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { QTasksError } from "../../src/core/errors.ts";
import { toDuration } from "../../src/core/duration.ts";
import type { HandlerContext } from "../../src/worker/context.ts";
import { aborted, create, setup } from "./setup.ts";

test("it registers what it can run, and offers its free slots", async (t) => {
  const { server, worker } = await setup(
    t,
    { a: () => 1, b: () => 2 },
    { slots: 7, queues: ["q"], labels: { zone: "z" }, buildId: "b1", workerId: "me" },
  );
  const [registration] = server.registrations;
  assert.deepEqual(
    registration?.definitions?.map(({ name }) => name),
    ["a", "b"],
  );
  assert.equal(registration?.slots, 7);
  assert.deepEqual(registration?.queues, ["q"]);
  assert.equal(registration?.workerId, "me");
  assert.equal(registration?.sessionId, worker.status.sessionId);
  assert.equal(registration?.runtime?.pid, process.pid);
  await server.until(() => server.parkedCount === 1);
  assert.equal(server.credit, 7);
});

test("it never holds more than its slots, and offers each free one once", async (t) => {
  const gates: (() => void)[] = [];
  let [running, most] = [0, 0];
  const { server, worker } = await setup(
    t,
    {
      it: async () => {
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => gates.push(resolve));
        running--;
      },
    },
    { slots: 5 },
  );
  const check = (): void =>
    assert.ok(server.credit <= 5 - worker.status.held, `${server.credit} offered`);
  for (let n = 0; n < 40; n++) server.push({ name: "it" });
  while (server.outcomes.length < 40) {
    await server.until(() => gates.length > 0 || server.outcomes.length === 40);
    check();
    gates.shift()?.();
  }
  assert.equal(most, 5);
  await server.until(() => server.credit === 5 || server.parkedCount === 3);
  assert.ok(server.maxParked <= 3);
});

test("many slots are offered by halves, and all that become free together in as many polls", async (t) => {
  const gate = Promise.withResolvers<void>();
  const { server, worker } = await setup(t, { it: () => gate.promise }, { slots: 500 });
  await server.until(() => server.parkedCount === 2);
  const credits = () => server.polls.map(({ maxTasks }) => maxTasks);
  assert.deepEqual(credits(), [250, 250]);
  for (let n = 0; n < 500; n++) server.push({ name: "it" });
  await server.until(() => worker.status.held === 500 && server.parkedCount === 1);
  const before = server.polls.length;
  gate.resolve();
  await server.until(() => server.credit === 500);
  assert.deepEqual(credits().slice(before), [250, 250]);
});

test("a cancel reaches a worker whose slots are all taken by its parked poll", async (t) => {
  const { server } = await setup(
    t,
    {
      it: async (_: unknown, { signal }: HandlerContext) => {
        await aborted(signal);
        throw signal.reason;
      },
    },
    { slots: 1 },
  );
  server.heartbeatMs = 60_000;
  const id = server.push({ name: "it" });
  await server.until(() => server.polls.at(-1)?.maxTasks === 0 && server.parkedCount > 0);
  server.tell(id, LeaseVerdict.CANCEL_REQUESTED, "enough");
  assert.equal((await server.outcome(id)).kind.case, "canceled");
});

test("a task handed out twice with one lease runs once", async (t) => {
  let runs = 0;
  const gate = Promise.withResolvers<void>();
  const { server, worker } = await setup(t, {
    it: async () => {
      runs++;
      await gate.promise;
    },
  });
  server.push({ name: "it", taskId: "same" });
  server.push({ name: "it", taskId: "same" });
  await server.until(() => worker.status.held === 1 && server.polls.length > 1);
  gate.resolve();
  await server.outcome("same");
  assert.equal(runs, 1);
});

test("every lease is renewed at each heartbeat", async (t) => {
  const gate = Promise.withResolvers<void>();
  const { server } = await setup(t, { it: () => gate.promise });
  server.push({ name: "it" });
  server.push({ name: "it" });
  const renewing = () => server.heartbeats.filter(({ renewals }) => renewals?.length === 2);
  await server.until(() => renewing().length >= 3);
  assert.equal(renewing()[0]?.freeSlots, 98);
  gate.resolve();
});

test("when the server does not know its session it registers again and keeps its attempts", async (t) => {
  const gate = Promise.withResolvers<void>();
  const { server, worker } = await setup(t, { it: () => gate.promise });
  const id = server.push({ name: "it" });
  await server.until(() => worker.status.held === 1);
  server.forget();
  await server.until(() => server.registrations.length === 2);
  const [first, second] = server.registrations;
  assert.equal(first?.sessionId, second?.sessionId);
  gate.resolve();
  assert.equal((await server.outcome(id)).kind.case, "success");
});

test("told to register by a poll, it does", async (t) => {
  const { server } = await setup(t, {});
  await server.until(() => server.parkedCount === 1);
  server.direct({ kind: DirectiveKind.REGISTER });
  await server.until(() => server.registrations.length === 2);
  await server.until(() => server.parkedCount === 1);
});

test("told to reconnect, it waits as long as the server says", async (t) => {
  let reconnects = 0;
  const { server } = await setup(t, {}, { reconnect: () => reconnects++ });
  await server.until(() => server.parkedCount === 1);
  server.direct({ kind: DirectiveKind.RECONNECT, delay: toDuration(100) });
  const before = performance.now();
  await server.until(() => reconnects === 1);
  await server.until(() => server.parkedCount === 1);
  assert.ok(performance.now() - before >= 90);
});

test("while the server is away it tries on without haste, and takes tasks when it is back", async (t) => {
  const { server } = await setup(t, { it: () => 1 });
  await server.until(() => server.parkedCount === 1);
  const before = server.polls.length;
  for (const method of ["pollTasks", "heartbeat"] as const)
    server.broken.set(method, new QTasksError("SERVER_UNREACHABLE", "away"));
  const id = server.push({ name: "it", taskId: "first" });
  await server.outcome(id);
  await server.until(() => server.heartbeats.length > 6);
  assert.ok(server.polls.length - before < 6, `${server.polls.length - before} polls`);
  server.broken.clear();
  await server.outcome(server.push({ name: "it", taskId: "second" }));
});

test("a server that answers empty at once is not asked in a tight loop", async (t) => {
  const { server, worker } = create({});
  t.after(() => worker.stop());
  let polls = 0;
  (server.calls as { pollTasks: unknown }).pollTasks = async () => {
    polls++;
    return { tasks: [], directives: [], leaseStatuses: [] };
  };
  await worker.start();
  await server.until(() => server.heartbeats.length >= 8);
  assert.ok(polls < 8, `${polls} polls`);
});

test("a blocked event loop is reported with the handlers that ran", async (t) => {
  const { server, worker, logs } = await setup(t, {
    blocks: () => {
      const until = performance.now() + 1_700;
      while (performance.now() < until);
      return new Promise<void>(() => {});
    },
  });
  server.push({ name: "blocks" });
  await server.until(() => worker.status.held === 1);
  await server.until(() => logs.some(({ msg }) => msg.includes("event loop was blocked")));
  const line = logs.find(({ msg }) => msg.includes("event loop was blocked"));
  assert.deepEqual((line as unknown as { tasks: string[] }).tasks, ["blocks"]);
});
