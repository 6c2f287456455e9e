import assert from "node:assert/strict";
import { test } from "node:test";
import { Starter, StopError, type Component } from "../../src/starter/starter.ts";

/** Components that note what is done to them. */
function setup(names: readonly string[], faults: Record<string, () => Promise<void>> = {}) {
  const calls: string[] = [];
  const components = names.map((name): Component => {
    const step = async (what: string): Promise<void> => {
      calls.push(`${what} ${name}`);
      await faults[`${what} ${name}`]?.();
    };
    return { name, start: () => step("start"), stop: () => step("stop") };
  });
  return { calls, starter: new Starter(components) };
}

const fail = (message: string) => async (): Promise<void> => {
  throw new Error(message);
};

test("starts in order and stops in reverse, each once", async () => {
  const { calls, starter } = setup(["a", "b", "c"]);
  await Promise.all([starter.start(), starter.start()]);
  await starter.start();
  await Promise.all([starter.stop(), starter.stop()]);
  await starter.stop();
  assert.deepEqual(calls, ["start a", "start b", "start c", "stop c", "stop b", "stop a"]);
});

test("stop before start does nothing; after a stop it starts anew", async () => {
  const { calls, starter } = setup(["a"]);
  await starter.stop();
  await starter.start();
  const stopped = starter.stop();
  await starter.start();
  await stopped;
  assert.deepEqual(calls, ["start a", "stop a", "start a"]);
});

test("a start that fails stops those that started, and can be repeated", async () => {
  let faults = 0;
  const { calls, starter } = setup(["a", "b", "c"], {
    "start b": async () => {
      if (faults++ === 0) throw new Error("b is down");
    },
  });
  await assert.rejects(starter.start(), /b is down/);
  assert.deepEqual(calls, ["start a", "start b", "stop b", "stop a"]);
  await starter.start();
  assert.equal(calls.at(-1), "start c");
});

test("a stop ends a start that waits", async () => {
  const gate = Promise.withResolvers<void>();
  const { calls, starter } = setup(["a", "b"], {
    "start a": () => gate.promise,
    "stop a": async () => gate.reject(new Error("given up")),
  });
  const started = assert.rejects(starter.start(), /given up/);
  await starter.stop();
  await started;
  assert.deepEqual(calls, ["start a", "stop a"]);
});

test("what comes up although a stop has ended its start is stopped with the others", async () => {
  const gate = Promise.withResolvers<void>();
  const { calls, starter } = setup(["a", "b", "c"], { "start b": () => gate.promise });
  const started = assert.rejects(starter.start(), { reason: "CALL_CANCELED" });
  await new Promise((resolve) => setImmediate(resolve));
  const stopped = starter.stop();
  await new Promise((resolve) => setImmediate(resolve));
  gate.resolve();
  await Promise.all([started, stopped]);
  assert.deepEqual(calls, ["start a", "start b", "stop b", "stop b", "stop a"]);
});

test("one that fails to stop keeps no other from it, and is named", async () => {
  const { calls, starter } = setup(["a", "b", "c"], { "stop b": fail("stuck") });
  await starter.start();
  await assert.rejects(starter.stop(), (error: unknown) => {
    assert.ok(error instanceof StopError);
    assert.match(String(error.errors), /b did not stop cleanly/);
    return true;
  });
  assert.deepEqual(calls.slice(3), ["stop c", "stop b", "stop a"]);
  await starter.start();
});
