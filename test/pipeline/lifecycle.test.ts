/** Start and stop, in any order and as often as wanted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { pino } from "pino";
import { EnqueueTaskRequestSchema } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { TaskDefinitionSchema } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { MemoryBroker } from "../../src/backends/memory/memory-broker.ts";
import { MemoryStorage } from "../../src/backends/memory/memory-storage.ts";
import { QTasksError } from "../../src/core/errors.ts";
import { Pipeline } from "../../src/pipeline/pipeline.ts";
import { assertNoLeaks } from "../support/leaks.ts";
import { NAME } from "./setup.ts";

function open(): Pipeline {
  const backend = { storage: new MemoryStorage(), broker: new MemoryBroker() };
  return new Pipeline({ backend, logger: pino({ level: "silent" }) });
}

test("stop works before start and twice, start works twice and again", async () => {
  const pipeline = open();
  await pipeline.stop();
  await pipeline.start();
  await pipeline.start();
  await pipeline.stop();
  await pipeline.stop();
  await pipeline.start();
  await pipeline.stop();
});

test("a stop lands what is under way and leaves nothing behind", async () => {
  await assertNoLeaks(async () => {
    const pipeline = open();
    await pipeline.start();
    await pipeline.definitions.apply([create(TaskDefinitionSchema, { name: NAME })]);
    const enqueues = Array.from({ length: 100 }, () =>
      pipeline.enqueuer.enqueue(create(EnqueueTaskRequestSchema, { spec: { name: NAME } })),
    );
    await Promise.resolve();
    await pipeline.stop();
    assert.equal((await Promise.all(enqueues)).length, 100);
    assert.deepEqual(await pipeline.storage.intents({ minAgeMs: 0, limit: 10 }), []);
  });
});

test("a short outage is bridged, also where an answer got lost", async () => {
  const storage = new MemoryStorage();
  const pipeline = new Pipeline({ backend: { joint: storage }, logger: pino({ level: "silent" }) });
  await pipeline.start();
  await pipeline.definitions.apply([create(TaskDefinitionSchema, { name: NAME })]);
  const real = storage.create.bind(storage);
  let outages = 2;
  let landed = 0;
  storage.create = async (params) => {
    // The second answer gets lost after the write was made.
    if (outages === 2) {
      outages--;
      throw new QTasksError("STORAGE_UNAVAILABLE", "away");
    }
    const verdicts = await real(params);
    landed++;
    if (outages-- > 0) throw new QTasksError("STORAGE_UNAVAILABLE", "away");
    return verdicts;
  };
  const request = create(EnqueueTaskRequestSchema, { taskId: "a", spec: { name: NAME } });
  const { created } = await pipeline.enqueuer.enqueue(request);
  assert.equal(created, true, "its own task, found by the repeat");
  assert.equal(landed, 2);
  assert.equal((await pipeline.enqueuer.enqueue(request)).created, false);
  await pipeline.stop();
});
