import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Executor } from "../../src/worker/executor.ts";
import { failureOf, registrations, resultOf, setup } from "./setup.ts";

test("values, promises, thenables and generators in promises are results alike", async (t) => {
  const { server } = await setup(t, {
    value: () => "value",
    promise: async () => "promise",
    // oxlint-disable-next-line unicorn/no-thenable -- what is tested
    thenable: () => ({ then: (resolve: (value: string) => void) => resolve("thenable") }),
    generator: async () =>
      (async function* () {
        yield 1;
        return "generator";
      })(),
  });
  for (const name of ["value", "promise", "thenable", "generator"])
    assert.equal(resultOf(await server.outcome(server.push({ name }))), name);
  assert.deepEqual(
    server.outcomes.map(({ eventCount }) => eventCount),
    [0n, 0n, 0n, 1n],
  );
});

test("an executor may answer at once or later, and throw or reject", async (t) => {
  const executor: Executor = {
    run: ({ input }) => {
      if (input === "throw") throw new Error("thrown");
      if (input === "reject") return Promise.reject(new Error("rejected"));
      return input === "later" ? Promise.resolve("later") : input;
    },
  };
  const { server } = await setup(t, { it: () => assert.fail("not run") }, { executor });
  const outcome = (input: string) => server.outcome(server.push({ name: "it", input }));
  for (const input of ["now", "later"]) assert.equal(resultOf(await outcome(input)), input);
  assert.equal(failureOf(await outcome("throw")).message, "thrown");
  assert.equal(failureOf(await outcome("reject")).message, "rejected");
});

test("no task of a late handler comes before its executor has started", async (t) => {
  const starting = Promise.withResolvers<void>();
  let isUp = false;
  const executor: Executor = {
    start: () => starting.promise.then(() => void (isUp = true)),
    run: () => isUp,
  };
  const { server, worker } = await setup(t, {});
  const late = registrations({ a: () => 1, b: () => 2 });
  const adding = late.map((registration) => worker.add({ ...registration, executor }));
  await sleep(20);
  assert.deepEqual(server.registrations.at(-1)?.definitions, []);
  starting.resolve();
  await Promise.all(adding);
  for (const name of ["a", "b"])
    assert.equal(resultOf(await server.outcome(server.push({ name }))), true);
});

test("an executor that could not start is started again for the next handler, and stopped once", async (t) => {
  const calls: string[] = [];
  const executor: Executor = {
    start: () => {
      if (calls.push("start") === 1) throw new Error("not yet");
    },
    run: () => "run",
    stop: () => void calls.push("stop"),
  };
  const { server, worker } = await setup(t, {});
  const [a, b, c] = registrations({ a: () => 1, b: () => 2, c: () => 3 });
  await assert.rejects(worker.add({ ...a!, executor }), { message: "not yet" });
  await worker.add({ ...b!, executor });
  await worker.add({ ...c!, executor });
  assert.equal(resultOf(await server.outcome(server.push({ name: "b" }))), "run");
  await worker.stop();
  assert.deepEqual(calls, ["start", "start", "stop"]);
});

test("an executor whose start is under way is stopped once that is over", async (t) => {
  const calls: string[] = [];
  const executor: Executor = {
    start: () => sleep(30).then(() => void calls.push("started")),
    run: () => null,
    stop: () => void calls.push("stopped"),
  };
  const { worker } = await setup(t, {});
  const adding = worker.add({ ...registrations({ a: () => 1 })[0]!, executor });
  await worker.stop();
  await adding;
  assert.deepEqual(calls, ["started", "stopped"]);
});
