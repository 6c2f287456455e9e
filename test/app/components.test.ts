/** Components that a program brings along, in the place of those that the configuration names. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryBroker } from "../../src/backends/memory/memory-broker.ts";
import { MemoryStorage } from "../../src/backends/memory/memory-storage.ts";
import type { ComponentParts } from "../../src/app/components.ts";
import { InlineExecutor, type Execution } from "../../src/worker/executor.ts";
import { faulty, FaultPlan } from "../../src/testing/index.ts";
import { memoryApp } from "./memory-app.ts";

test("a broker and a storage of the program's own get the calls, each with what it was made with", async (t) => {
  const [plan, made] = [new FaultPlan(), [] as ComponentParts[]];
  const app = memoryApp(t, {
    components: {
      broker: (parts) => {
        made.push(parts);
        return faulty(new MemoryBroker(), plan);
      },
      storage: async (parts) => {
        made.push(parts);
        return faulty(new MemoryStorage(), plan);
      },
    },
  });
  const double = app.task("double", (n: number) => n * 2);
  await app.start({ server: false });
  assert.equal(await double.run(21), 42);
  for (const [part, method] of [
    ["broker", "publish"],
    ["broker", "take"],
    ["storage", "create"],
  ] as const)
    assert.ok(
      plan.callsOf(method).some((call) => call.part === part && call.reached),
      method,
    );
  assert.deepEqual(
    made.map(({ config, logger }) => [config.url, logger]),
    [
      ["memory:", app.logger],
      ["memory:", app.logger],
    ],
  );
});

test("one alone is paired with what the configuration names for the other", async (t) => {
  for (const part of ["broker", "storage"] as const) {
    const plan = new FaultPlan();
    const broker = () => faulty(new MemoryBroker(), plan);
    const storage = () => faulty(new MemoryStorage(), plan);
    const app = memoryApp(t, { components: part === "broker" ? { broker } : { storage } });
    const double = app.task("double", (n: number) => n * 2);
    await app.start({ server: false });
    assert.equal(await double.run(21), 42);
    assert.ok(plan.calls.length > 0);
    assert.deepEqual([...new Set(plan.calls.map((call) => call.part))], [part]);
  }
});

test("an executor of the program's own runs the handlers that name none, and no others", async (t) => {
  class Noting extends InlineExecutor {
    readonly ran: string[] = [];
    override run(execution: Execution): unknown {
      this.ran.push(execution.context.name);
      return super.run(execution);
    }
  }
  const [ofApp, ofTask] = [new Noting(), new Noting()];
  const app = memoryApp(t, { components: { executor: ofApp } });
  const plain = app.task("plain", () => 1);
  const other = app.task({ name: "other", executor: ofTask }, () => 2);
  await app.start({ server: false });
  assert.deepEqual([await plain.run(), await other.run()], [1, 2]);
  assert.deepEqual([ofApp.ran, ofTask.ran], [["plain"], ["other"]]);
});
