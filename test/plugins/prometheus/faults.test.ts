/** What goes wrong, as the metrics show it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { WorkerService } from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import { QTasksError } from "../../../src/index.ts";
import { prometheus } from "../../../src/plugins/prometheus/index.ts";
import { faulty, MemoryStorage } from "../../../src/testing/index.ts";
import { memoryApp } from "../../app/memory-app.ts";
import { scrape, type Page } from "./page.ts";
import type { QueueTasks } from "../../../src/index.ts";

/** The first page that shows it. */
async function scrapeUntil(app: QueueTasks, shows: (page: Page) => boolean): Promise<Page> {
  for (;;) {
    const page = await scrape(app);
    if (shows(page)) return page;
    await sleep(20);
  }
}

test("the lease of a worker that vanished is counted as lost", async (t) => {
  const timings = {
    heartbeatIntervalMs: 50,
    deliveryTimeoutMs: 400,
    leaseMs: 400,
    // Were it still there, the task would count as not delivered.
    sessionTtlMs: 200,
    sweepIntervalMs: 50,
  };
  const app = memoryApp(t, { timings });
  app.use(prometheus());
  await app.start({ worker: false });
  const workers = createClient(
    WorkerService,
    createGrpcTransport({ baseUrl: `http://${app.httpAddress}` }),
  );
  const sessionId = "vanishing";
  const definitions = [{ name: "work", options: { queue: "q", retry: { maxAttempts: 1 } } }];
  await workers.registerWorker({ sessionId, workerId: sessionId, slots: 1, definitions });
  const client = await app.client();
  const handle = await client.enqueue("work");
  const { tasks } = await workers.pollTasks({ sessionId, maxTasks: 1, wait: { seconds: 5n } });
  assert.deepEqual(
    tasks.map(({ taskId }) => taskId),
    [handle.id],
  );
  const labels = { task: "work", queue: "q" };
  const page = await scrapeUntil(
    app,
    (each) => each.value("qtasks_leases_lost_total", labels) === 1,
  );
  const lost = { ...labels, state: "lost" };
  assert.equal(page.value("qtasks_attempts_ended_total", lost), 1);
});

test("an outcome that comes too late is counted as stale", async (t) => {
  const app = memoryApp(t);
  app.use(prometheus());
  const { promise: mayEnd, resolve: letEnd } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const slow = app.task("slow", async () => {
    begin();
    await mayEnd;
  });
  await app.start();
  const handle = await slow.enqueue();
  await begun;
  await handle.cancel({ forceAfterMs: 0 });
  await handle.done();
  letEnd();
  await scrapeUntil(app, (page) => page.value("qtasks_stale_outcomes_total") === 1);
});

test("calls are counted and timed by method and reason", async (t) => {
  const app = memoryApp(t);
  app.use(prometheus());
  app.task("work", () => undefined);
  await app.start({ worker: false });
  const call = (taskId: string) =>
    fetch(`http://${app.httpAddress}/qtasksapi.v1.TaskService/GetTask`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ taskId }),
    });
  const { id } = await (await app.client()).enqueue("work", undefined, { queue: "q" });
  for (const taskId of [id, id, "gone"]) await call(taskId);
  const page = await scrape(app);
  const method = "qtasksapi.v1.TaskService/GetTask";
  const total = "qtasks_calls_total";
  assert.equal(page.value(total, { method, reason: "OK" }), 2);
  assert.equal(page.value(total, { method, reason: "TASK_NOT_FOUND" }), 1);
  assert.equal(page.value("qtasks_call_duration_seconds_count", { method }), 3);
});

test("where the queues can't be read the rest of the page is there, and the failure is counted", async (t) => {
  const storage = faulty(new MemoryStorage(), ({ method, when }) => {
    if (method === "queueStats" && when === "before")
      throw new QTasksError("INTERNAL", "the disk is gone");
  });
  const app = memoryApp(t, { components: { joint: () => storage } });
  app.use(prometheus());
  const task = app.task({ name: "work", queue: "q" }, () => undefined);
  await app.start();
  await task.run();
  const page = await scrape(app);
  assert.deepEqual(page.all("qtasks_queue_tasks"), []);
  assert.equal(page.value("qtasks_queue_read_failures_total"), 1);
  assert.equal(page.value("qtasks_tasks_enqueued_total", { task: "work" }), 1);
  const method = { component: "storage", method: "queueStats" };
  const next = await scrape(app);
  assert.equal(next.value("qtasks_component_calls_total", { ...method, reason: "INTERNAL" }), 1);
});

test("a blocked event loop shows, and is over at the next scrape", async (t) => {
  const app = memoryApp(t);
  app.use(prometheus());
  await app.start({ worker: false });
  await sleep(100);
  const until = performance.now() + 300;
  while (performance.now() < until);
  await sleep(50);
  const longest = async () =>
    (await scrape(app)).value("qtasks_event_loop_lag_seconds", { quantile: "1" })!;
  const lag = await longest();
  assert.ok(lag > 0.2 && lag < 5, `${lag} s`);
  await sleep(100);
  assert.ok((await longest()) < lag);
});
