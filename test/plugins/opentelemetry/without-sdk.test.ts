import assert from "node:assert/strict";
import { test } from "node:test";
import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import { Router } from "../../../src/index.ts";
import { opentelemetry } from "../../../src/plugins/opentelemetry/index.ts";
import { memoryApp } from "../../app/memory-app.ts";
import { only, tracedApp } from "./traced-app.ts";

test("without an SDK nothing is told, and tasks run as they would", async (t) => {
  const app = memoryApp(t);
  app.use(opentelemetry());
  const echo = app.task("echo", (_: undefined, { headers }) => headers);
  await app.start({ server: false });
  assert.deepEqual(await echo.run(undefined, { headers: { tenant: "acme" } }), { tenant: "acme" });
  assert.equal(context.active(), ROOT_CONTEXT);
});

test("used by a router it traces that router's tasks alone", async (t) => {
  const { plugin, spansOf } = tracedApp(t);
  const app = memoryApp(t);
  const router = new Router({ prefix: "r." }).use(plugin);
  const traced = router.task("a", () => 1);
  app.includeRouter(router);
  const plain = app.task("b", (_: undefined, { headers }) => headers);
  await app.start({ server: false });
  await traced.run();
  assert.deepEqual(await plain.run(), {});
  only(spansOf("run r.a"));
  only(spansOf("process r.a"));
  assert.deepEqual([...spansOf("run b"), ...spansOf("process b")], []);
});
