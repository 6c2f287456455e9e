import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { TerminalError, type QueueTasks } from "../../../src/index.ts";
import { prometheus } from "../../../src/plugins/prometheus/index.ts";
import { memoryApp } from "../../app/memory-app.ts";
import { startRedis } from "../../support/redis.ts";
import { tempFolder } from "../../support/temp.ts";
import { scrape } from "./page.ts";

const BACKENDS = {
  memory: async () => "memory:",
  sqlite: async () => `sqlite:${join(tempFolder(), "tasks.db")}`,
  redis: async () => (await startRedis()).url,
};

/** Work of which each figure is known: five good, one that fails twice, one canceled, one later, one that nobody takes. */
async function knownWork(app: QueueTasks): Promise<void> {
  app.task({ name: "good", queue: "a" }, async () => undefined);
  app.task({ name: "flaky", queue: "b", retry: { maxAttempts: 2, initialBackoffMs: 1 } }, () => {
    throw new Error("always");
  });
  app.task({ name: "stopped", queue: "b" }, () => {
    throw new TerminalError("not reached");
  });
  await app.start();
  const client = await app.client();
  await Promise.all(Array.from({ length: 5 }, () => client.run("good")));
  const flaky = await client.enqueue("flaky");
  const stopped = await client.enqueue("stopped", undefined, { delayMs: 60_000 });
  await stopped.cancel();
  await client.enqueue("good", undefined, { delayMs: 60_000 });
  await client.enqueue("good", undefined, { queue: "nobody's" });
  await Promise.all([flaky.done(), stopped.done()]);
}

for (const [backend, url] of Object.entries(BACKENDS))
  test(`the figures are right after known work: ${backend}`, async (t) => {
    const app = memoryApp(t, { url: await url() });
    app.use(prometheus());
    await knownWork(app);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const page = await scrape(app);
    const [good, flaky, stopped] = [
      { task: "good", queue: "a" },
      { task: "flaky", queue: "b" },
      { task: "stopped", queue: "b" },
    ];
    const unserved = { task: "good", queue: "nobody's" };
    const value = (name: string, labels: Readonly<Record<string, string>>) =>
      page.value(`qtasks_${name}`, labels);

    for (const [labels, count] of [
      [good, 6],
      [flaky, 1],
      [stopped, 1],
      [unserved, 1],
    ] as const)
      assert.equal(value("tasks_enqueued_total", labels), count, JSON.stringify(labels));
    assert.equal(value("tasks_handed_out_total", good), 5);
    assert.equal(value("tasks_handed_out_total", flaky), 2);
    assert.equal(value("tasks_handed_out_total", stopped), 0);
    assert.deepEqual(
      page.all("qtasks_attempts_ended_total").map(({ labels, value: count }) => [labels, count]),
      [
        [{ ...good, state: "succeeded" }, 5],
        [{ ...flaky, state: "failed" }, 2],
      ],
    );
    assert.deepEqual(
      page
        .all("qtasks_tasks_ended_total")
        .map(({ labels, value: count }) => `${labels["task"]} ${labels["state"]} ${count}`)
        .toSorted(),
      ["flaky failed 1", "good succeeded 5", "stopped canceled 1"],
    );
    for (const name of ["task_waiting", "attempt_duration", "task_duration"]) {
      assert.equal(value(`${name}_seconds_count`, good), 5, name);
      assert.equal(value(`${name}_seconds_bucket`, { ...good, le: "+Inf" }), 5, name);
      const sum = value(`${name}_seconds_sum`, good)!;
      assert.ok(sum >= 0 && sum < 60, `${name}: ${sum} s`);
    }
    assert.equal(value("task_duration_seconds_count", stopped), 1);

    const states = (queue: string) =>
      page
        .all("qtasks_queue_tasks", { queue })
        .map(({ labels, value: count }) => `${labels["state"]} ${count}`)
        .toSorted();
    assert.deepEqual(states("a"), ["scheduled 1", "succeeded 5"]);
    assert.deepEqual(states("b"), ["canceled 1", "failed 1"]);
    assert.deepEqual(states("nobody's"), ["pending 1"]);
    assert.equal(value("queue_oldest_waiting_seconds", { queue: "a" }), 0);
    const age = value("queue_oldest_waiting_seconds", { queue: "nobody's" })!;
    assert.ok(age > 0 && age < 60, `${age} s`);
    assert.equal(value("queue_workers", { queue: "a" }), 1);
    assert.equal(value("queue_workers", { queue: "nobody's" }), 0);
    const freeSlots = value("queue_free_slots", { queue: "a" })!;
    assert.ok(freeSlots > 0 && freeSlots <= 100, `${freeSlots} as of the worker's last word`);
    assert.equal(value("queue_paused", { queue: "a" }), 0);
    assert.equal(value("queue_read_failures_total", {}), 0);
    const creates = value("component_calls_total", {
      component: "storage",
      method: "create",
      reason: "OK",
    });
    assert.ok(creates! >= 1 && creates! <= 9, `${creates} batches`);
    const timed = { component: "storage", method: "create" };
    assert.equal(value("component_call_duration_seconds_count", timed), creates);
    for (const quantile of ["0.5", "0.9", "0.99", "1"])
      assert.ok(value("event_loop_lag_seconds", { quantile })! >= 0);
  });
