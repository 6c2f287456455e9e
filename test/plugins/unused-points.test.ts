/** What nobody uses is not there: a point without hooks is no function, and nothing is wrapped. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type { WorkerService } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { appHookSet, type AppHookSet } from "../../src/app/app-hook-set.ts";
import type { ServiceCalls } from "../../src/core/calls.ts";
import type { Plugin, PluginApp } from "../../src/plugins/plugin.ts";
import { PluginSet } from "../../src/plugins/plugin-set.ts";
import { POINTS, type PointName } from "../../src/plugins/points.ts";
import { QUIET } from "../app/memory-app.ts";

/** Of an app that uses these plugins. */
function installed(...used: readonly Plugin[]): PluginSet {
  const plugins = new PluginSet({ logger: QUIET.logger } as PluginApp);
  for (const plugin of used) plugins.use(plugin, {});
  plugins.install([], []);
  return plugins;
}

/** Names of the functions that the components of an app are given to call. */
function functionsOf(hooks: AppHookSet): string[] {
  const { life, pipeline, worker, server, enqueue, storage, broker, payloads } = hooks;
  const parts = { life, pipeline, worker, server, app: { enqueue, storage, broker, payloads } };
  return Object.entries(parts).flatMap(([part, each]) =>
    Object.entries(each).flatMap(([name, hook]) =>
      hook === undefined || Array.isArray(hook) ? [] : `${part}.${name}`,
    ),
  );
}

test("without hooks no component has anything to call, and calls are made as they are", () => {
  const plugins = installed({ name: "idle" });
  const hooks = appHookSet(plugins);
  assert.deepEqual(functionsOf(hooks), []);
  assert.deepEqual(hooks.server.routes, []);
  for (const point of Object.keys(POINTS) as PointName[])
    assert.equal(plugins.hook(point), undefined, point);
  const tasks = {} as ServiceCalls<typeof TaskService>;
  const workers = {} as ServiceCalls<typeof WorkerService>;
  assert.equal(hooks.tasks(tasks), tasks);
  assert.equal(hooks.workers(workers), workers);
});

test("a hook makes its own point alone one that is called", () => {
  const plugins = installed({
    name: "one",
    install: ({ hook }) => hook("pipeline.ended", () => {}),
  });
  assert.deepEqual(functionsOf(appHookSet(plugins)), ["pipeline.ended"]);
});
