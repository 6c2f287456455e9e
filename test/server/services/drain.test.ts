/** What parked calls and streams answer when the server drains. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import {
  AwaitTaskRequestSchema,
  type TaskService,
  WatchTaskRequestSchema,
} from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import {
  DirectiveKind,
  HeartbeatRequestSchema,
  PollTasksRequestSchema,
  type WorkerService,
} from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { CallContext, ServiceFunctions } from "../../../src/server/service.ts";
import { taskService } from "../../../src/server/services/task-service.ts";
import { workerService } from "../../../src/server/services/worker-service.ts";
import { ms, onBackend, type Scene } from "../../pipeline/setup.ts";
import { TestWorker } from "../../pipeline/test-worker.ts";

/** Services called as a listener would, with a drain that the test begins. */
function draining(scene: Scene) {
  const drain = new AbortController();
  const context: CallContext = {
    signal: new AbortController().signal,
    draining: drain.signal,
    parked: drain.signal,
    deadlineAt: undefined,
    headers: new Map(),
  };
  const tasks = taskService(scene.pipeline).functions as ServiceFunctions<typeof TaskService>;
  const workers = workerService(scene.pipeline).functions as ServiceFunctions<typeof WorkerService>;
  return { drain, context, tasks, workers };
}

const wait = ms(10_000);

onBackend("joint", "drain", (it) => {
  it("an await answers with the state so far", async (scene) => {
    const { drain, context, tasks } = draining(scene);
    const { taskId } = await scene.enqueue();
    const awaited = tasks.awaitTask(create(AwaitTaskRequestSchema, { taskId, wait }), context);
    await sleep(5);
    drain.abort();
    assert.equal((await awaited).done, false);
  });

  it("a poll answers with the word to connect anew, and takes nothing", async (scene) => {
    const { drain, context, workers } = draining(scene);
    const { sessionId } = await TestWorker.open(scene);
    const poll = () =>
      workers.pollTasks(create(PollTasksRequestSchema, { sessionId, maxTasks: 1, wait }), context);
    const parked = poll();
    await sleep(5);
    drain.abort();
    await parked;
    await scene.enqueue();
    const heartbeat = await workers.heartbeat(
      create(HeartbeatRequestSchema, { sessionId }),
      context,
    );
    for (const { directives } of [await parked, await poll(), heartbeat])
      assert.deepEqual(
        directives!.map((directive) => directive.kind),
        [DirectiveKind.RECONNECT],
      );
    assert.deepEqual((await poll()).tasks, []);
  });

  it("a stream says that it closes, and ends", async (scene) => {
    const { drain, context, tasks } = draining(scene);
    const { taskId } = await scene.enqueue();
    const stream = tasks.watchTask(create(WatchTaskRequestSchema, { taskId }), context);
    const events = stream[Symbol.asyncIterator]();
    await events.next();
    const next = events.next();
    drain.abort();
    const closing = await next;
    assert.equal(closing.value.event.case, "closing");
    assert.equal((await events.next()).done, true);
    assert.equal(scene.pipeline.observer.observedCount, 0);
  });
});
