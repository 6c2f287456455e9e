import assert from "node:assert/strict";
import { test } from "node:test";
import { QueueTasks } from "../../src/index.ts";
import { memoryApp, QUIET } from "./memory-app.ts";

test("an app pauses queues and lists workers, in its own process and at a server elsewhere", async (t) => {
  const app = memoryApp(t, { http: false, workerId: "w1" });
  const task = app.task({ name: "t", queue: "slow" }, () => "done");
  await app.start();
  const remote = new QueueTasks({ ...QUIET, server: app.grpcAddress });
  t.after(() => remote.stop());

  const [here, there] = [await app.admin(), await remote.admin()];
  await there.pauseQueue({ name: "slow" });
  const handle = await task.enqueue();
  await assert.rejects(handle.result({ timeoutMs: 100 }), { reason: "STILL_RUNNING" });
  assert.equal((await here.getQueue({ name: "slow" })).queue?.paused, true);
  await here.resumeQueue({ name: "slow" });
  assert.equal(await handle.result(), "done");

  const { workers } = await there.listWorkers({});
  assert.deepEqual(
    workers.map(({ workerId }) => workerId),
    ["w1"],
  );
  await assert.rejects(here.pauseQueue({ name: "" }), { reason: "FIELD_VIOLATION" });
});
