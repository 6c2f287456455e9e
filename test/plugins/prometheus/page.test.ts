/** Where the page is, who may see it, and how long it gets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Counter, Registry, type PrometheusContentType } from "prom-client";
import { QTasksError, Router } from "../../../src/index.ts";
import { prometheus, type PrometheusOptions } from "../../../src/plugins/prometheus/index.ts";
import { memoryApp } from "../../app/memory-app.ts";
import { assertNoLeaks } from "../../support/leaks.ts";
import { Page, scrape } from "./page.ts";

function invalid(pattern: RegExp) {
  return (error: unknown): boolean =>
    error instanceof QTasksError &&
    error.reason === "CONFIG_INVALID" &&
    (assert.match(error.message, pattern), true);
}

test("tasks, queues and methods past the limit are counted as other", async (t) => {
  const app = memoryApp(t);
  app.use(prometheus({ maxSeries: 3 }));
  const names = [...Array.from({ length: 10 }, (_, n) => `task-${n}`), "other"];
  for (const name of names) app.task(name, () => undefined);
  await app.start({ worker: false });
  const client = await app.client();
  for (let n = 0; n < 10; n++)
    for (let times = 0; times < 2; times++)
      await client.enqueue(`task-${n}`, undefined, { queue: `q${n}` });
  // A task of that very name is one of the others.
  await client.enqueue("other", undefined, { queue: "other" });
  const page = await scrape(app);
  const enqueued = page.all("qtasks_tasks_enqueued_total");
  assert.deepEqual(
    enqueued.map(({ labels, value }) => `${labels["task"]} ${labels["queue"]} ${value}`),
    ["task-0 q0 2", "task-1 q1 2", "task-2 q2 2", "other other 15"],
  );
  assert.deepEqual(
    page.all("qtasks_queue_tasks").map(({ labels, value }) => `${labels["queue"]} ${value}`),
    // By name, and "other" is first: it has what comes past the limit as well.
    ["other 17", "q0 2", "q1 2"].toSorted(),
  );
  const oldest = page.all("qtasks_queue_oldest_waiting_seconds");
  assert.equal(oldest.length, 3);
  assert.ok(oldest.every(({ value }) => value > 0 && value < 60));
  assert.ok(page.all("qtasks_component_calls_total", { component: "other" }).length > 0);
});

test("two apps in one process do not clash, each with figures of its own", async (t) => {
  const apps = [1, 2].map((count) => {
    const app = memoryApp(t);
    app.use(prometheus());
    const task = app.task({ name: "work", queue: "q" }, () => undefined);
    return { app, task, count };
  });
  for (const { app, task, count } of apps) {
    await app.start();
    for (let n = 0; n < count; n++) await task.run();
  }
  for (const { app, count } of apps) {
    const page = await scrape(app);
    assert.equal(page.value("qtasks_tasks_ended_total", { state: "succeeded" }), count);
    assert.equal(page.value("qtasks_queue_tasks", { state: "succeeded" }), count);
  }
});

test("a registry of the program's is shown whole, and two apps share it by prefixes", async (t) => {
  const registry = new Registry();
  new Counter({ name: "orders_total", help: "Orders", registers: [registry] }).inc(3);
  const first = memoryApp(t).use(prometheus({ registry }));
  const same = memoryApp(t).use(prometheus({ registry }));
  const second = memoryApp(t).use(prometheus({ registry, prefix: "second_" }));
  await first.start({ worker: false });
  await assert.rejects(
    same.start(),
    invalid(/registry: it has a metric qtasks_\w+ already; give each app/),
  );
  second.task("work", () => undefined);
  await second.start({ worker: false });
  await (await second.client()).enqueue("work", undefined, { queue: "q" });
  const page = await scrape(first);
  assert.equal(page.value("orders_total"), 3);
  assert.equal(page.value("second_tasks_enqueued_total"), 1);
  assert.deepEqual(page.all("qtasks_tasks_enqueued_total"), []);
  assert.equal(page.value("qtasks_stale_outcomes_total"), 0);
});

test("the page needs the token where one is set, unless it is open", async (t) => {
  const token = "a-token-of-some-length";
  const guarded = memoryApp(t, { token }).use(prometheus());
  const open = memoryApp(t, { token }).use(prometheus({ open: true, path: "/figures" }));
  for (const app of [guarded, open]) await app.start({ worker: false });
  const url = `http://${guarded.httpAddress}/metrics`;
  const refused = await fetch(url);
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.get("qtasks-reason"), "TOKEN_INVALID");
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
  assert.equal(new Page(await answer.text()).value("qtasks_stale_outcomes_total"), 0);
  assert.equal((await scrape(open, "/figures")).value("qtasks_stale_outcomes_total"), 0);
});

test("counters go on over a restart, queues are read while the app serves, and nothing is left open", async (t) => {
  const plugin = prometheus();
  const app = memoryApp(t).use(plugin);
  app.task({ name: "work", queue: "q" }, () => undefined);
  await assertNoLeaks(async () => {
    for (let round = 1; round <= 20; round++) {
      await app.start();
      await (await app.client()).run("work");
      const page = await scrape(app);
      assert.equal(page.value("qtasks_tasks_ended_total", { state: "succeeded" }), round);
      assert.equal(page.value("qtasks_queue_tasks", { state: "succeeded" }), 1);
      await app.stop();
      assert.equal((await plugin.registry.metrics()).trim(), "");
    }
  });
});

test("an app that is no server leaves the queues to the server, which shows them", async (t) => {
  const plugin = prometheus();
  const app = memoryApp(t).use(plugin);
  const task = app.task({ name: "work", queue: "q" }, () => undefined);
  await app.start({ server: false });
  await task.run();
  const page = new Page(await plugin.registry.metrics());
  assert.equal(page.value("qtasks_tasks_enqueued_total"), 1);
  assert.deepEqual(page.all("qtasks_queue_tasks"), []);
});

test("figures of the process are there when asked for, once in a registry", async (t) => {
  const registry = new Registry();
  const [first, second] = ["a_", "b_"].map((prefix) =>
    memoryApp(t).use(prometheus({ registry, prefix, defaultMetrics: true })),
  );
  await first!.start({ worker: false });
  await second!.start({ worker: false });
  const page = await scrape(first!);
  assert.ok(page.value("process_cpu_seconds_total")! > 0);
  assert.ok(page.value("process_resident_memory_bytes")! > 1e6);
});

test("the page is fit for OpenMetrics too", async (t) => {
  const registry = new Registry();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as unknown as PrometheusContentType);
  const app = memoryApp(t).use(prometheus({ registry }));
  app.task("work", () => undefined);
  await app.start({ worker: false });
  await (await app.client()).enqueue("work", undefined, { queue: "q" });
  for (let times = 0; times < 2; times++) {
    const answer = await fetch(`http://${app.httpAddress}/metrics`);
    const text = await answer.text();
    assert.match(answer.headers.get("content-type")!, /^application\/openmetrics-text/);
    assert.match(text, /^# TYPE qtasks_tasks_enqueued counter$/m);
    assert.match(text, /^qtasks_tasks_enqueued_total\{task="work",queue="q"\} 1$/m);
    assert.match(text, /\n# EOF\n$/);
  }
  await app.stop();
  assert.deepEqual(registry.getMetricsAsArray(), []);
});

test("bad options are refused by name, and so is the use by a router", async (t) => {
  const cases: [unknown, RegExp][] = [
    [{ registry: {} }, /registry: expected a Registry/],
    [{ prefix: "1x" }, /prefix: expected letters.*got "1x"/],
    [{ path: "metrics" }, /path: expected a path.*got "metrics"/],
    [{ buckets: [] }, /buckets: expected one or more/],
    [{ buckets: [1, 1] }, /buckets: expected .* rising; got \[1,1\]/],
    [{ maxSeries: 0 }, /maxSeries: expected .* from 1 to 10000; got 0/],
  ];
  for (const [options, message] of cases)
    assert.throws(() => prometheus(options as PrometheusOptions), invalid(message));
  const app = memoryApp(t);
  const router = new Router().use(prometheus());
  router.task("work", () => undefined);
  app.includeRouter(router);
  await assert.rejects(app.start(), invalid(/use the plugin by app\.use\(\)/));
});
