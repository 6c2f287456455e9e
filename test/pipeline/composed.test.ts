/** A broker and a storage that know nothing of each other: what is lost between them is made good. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { pino } from "pino";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { EnqueueTaskRequestSchema } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { TaskDefinitionSchema } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { MemoryBroker } from "../../src/backends/memory/memory-broker.ts";
import { MemoryStorage } from "../../src/backends/memory/memory-storage.ts";
import type { Broker } from "../../src/broker/broker.ts";
import { QTasksError } from "../../src/core/errors.ts";
import { nonce } from "../../src/core/ids.ts";
import { Pipeline } from "../../src/pipeline/pipeline.ts";
import { overlaid } from "../../src/testing/contract/overlaid.ts";
import { FaultPlan } from "../../src/testing/faults/fault-plan.ts";
import { faulty } from "../../src/testing/faults/faulty.ts";
import { NAME, onBackend, refusal, type Scene } from "./setup.ts";
import { TestWorker } from "./test-worker.ts";

const logger = pino({ level: "silent" });

function fellOver(): QTasksError {
  return new QTasksError("INTERNAL", "the broker fell over");
}

/** The next publish never arrives. */
function failPublish(faults: FaultPlan): void {
  faults.fail({ methods: ["publish"], times: 1, error: fellOver });
}

function definitionOf(name: string) {
  return create(TaskDefinitionSchema, { name });
}

function enqueueOf(taskId: string) {
  return create(EnqueueTaskRequestSchema, { taskId, spec: { name: NAME } });
}

/** A storage with so many waiting tasks, whose broker is gone. */
async function storageOf(count: number): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  const server = new Pipeline({ backend: { storage, broker: new MemoryBroker() }, logger });
  await server.start();
  const ids = Array.from({ length: count }, (_, index) => `task-${index}`);
  await server.definitions.apply([definitionOf(NAME)]);
  await Promise.all(ids.map((taskId) => server.enqueuer.enqueue(enqueueOf(taskId))));
  await server.stop();
  return storage;
}

/** Takes until there were so many different messages, or for 5 s: how many there were. */
async function countTaken(broker: Broker, count: number): Promise<number> {
  const offers = [{ queue: "default", names: [NAME] }];
  const taken = new Set<string>();
  const deadline = performance.now() + 5_000;
  while (taken.size < count && performance.now() < deadline) {
    const { messages } = await broker.take({ offers, max: 100, hold: nonce(), holdMs: 60_000 });
    for (const message of messages) taken.add(message.taskId);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return taken.size;
}

/** The scene's tasks run through, one after the other. */
async function drain(scene: Scene, count: number): Promise<void> {
  const worker = await TestWorker.open(scene);
  for (let done = 0; done < count; done++) await worker.succeed(await worker.take());
}

onBackend("composed", "a composed pair", (it) => {
  const lost = new FaultPlan();
  it(
    "a publish that failed is repeated from its intent",
    { wrapBroker: (broker) => faulty(broker, lost) },
    async (scene) => {
      failPublish(lost);
      const { taskId } = await scene.enqueue();
      scene.clock.advance(6_000);
      // The sweep of a new server comes at once, as that of the other will within 5 s.
      await scene.openServer();
      await drain(scene, 1);
      assert.equal((await scene.get(taskId)).state, TaskState.SUCCEEDED);
      assert.deepEqual(await scene.storage.intents({ minAgeMs: 0, limit: 10 }), []);
    },
  );

  it("a publish that worked leaves no intent", async (scene) => {
    for (let count = 0; count < 10; count++) await scene.enqueue();
    await drain(scene, 10);
    assert.deepEqual(await scene.storage.intents({ minAgeMs: 0, limit: 10 }), []);
  });

  const unsettled = new FaultPlan();
  it(
    "a message that was not settled is refused at its next start",
    { wrapBroker: (broker) => faulty(broker, unsettled) },
    async (scene) => {
      const worker = await TestWorker.open(scene);
      unsettled.fail({ methods: ["settle"], times: 1, error: fellOver });
      const { taskId } = await scene.enqueue();
      const lease = await worker.take();
      await worker.renew(lease);
      scene.clock.advance(15_001);
      await worker.renew(lease);
      await worker.takeNothing();
      assert.equal((await scene.get(taskId)).state, TaskState.RUNNING);
      await worker.succeed(lease);
      assert.equal((await scene.get(taskId)).attemptCount, 1);
    },
  );

  const retaken = new FaultPlan();
  it(
    "a take whose answer got lost is repeated with the same tasks",
    { wrapBroker: (broker) => faulty(broker, retaken) },
    async (scene) => {
      const { taskId } = await scene.enqueue();
      const loss = retaken.fail({ methods: ["take"], when: "after", times: 1 });
      const worker = await TestWorker.open(scene);
      const lease = await worker.take();
      assert.equal(lease.taskId, taskId);
      assert.equal(lease.attempt, 1);
      assert.equal(loss.hits, 1);
    },
  );

  it("a start whose answer got lost hands out the task that it started", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const write = scene.storage.write.bind(scene.storage);
    scene.storage.write = async (params) => {
      scene.storage.write = write;
      await write(params);
      throw new QTasksError("STORAGE_UNAVAILABLE", "the answer got lost");
    };
    const lease = await worker.take();
    assert.equal(lease.taskId, taskId);
    assert.equal(lease.attempt, 1);
  });

  it("a broker that was emptied begins an epoch, and is filled again", async () => {
    const storage = await storageOf(1_100);
    const broker = new MemoryBroker();
    const server = new Pipeline({ backend: { storage, broker }, logger });
    await server.start();
    try {
      assert.equal(await countTaken(broker, 1_100), 1_100);
    } finally {
      await server.stop();
    }
  });

  it("a broker that could not be filled is filled by the next sweep", async () => {
    const storage = await storageOf(3);
    const [faults, broker] = [new FaultPlan(), new MemoryBroker()];
    failPublish(faults);
    const server = new Pipeline({ backend: { storage, broker: faulty(broker, faults) }, logger });
    await server.start();
    try {
      assert.equal(await countTaken(broker, 3), 3);
    } finally {
      await server.stop();
    }
  });
});

test("a broker that serves another storage is refused, and what was opened is closed", async () => {
  const broker = new MemoryBroker();
  await broker.bind({ keyspaceId: "another" });
  const pipeline = new Pipeline({ backend: { storage: new MemoryStorage(), broker }, logger });
  await assert.rejects(pipeline.start(), refusal("BACKEND_MISMATCH"));
  await assert.rejects(
    pipeline.start(),
    refusal("BACKEND_MISMATCH"),
    "not started by the first try",
  );
  await pipeline.stop();
});

/** A storage or broker that says of itself that several servers may use it. */
function shared<Component extends object>(component: Component): Component {
  return overlaid(component, { capabilities: { durable: true, distributed: true } });
}

test("a shared storage with a broker that can't be shared is one server's", async () => {
  const storage = shared(new MemoryStorage());
  const open = () => new Pipeline({ backend: { storage, broker: new MemoryBroker() }, logger });
  const first = open();
  await first.start();
  const second = open();
  await assert.rejects(second.start(), (error: Error) => {
    assert.match(error.message, /another server runs this storage/);
    return refusal("BACKEND_MISMATCH")(error);
  });
  await first.stop();
  await second.start();
  await first.stop();
  await second.backend.ping();
  await second.stop();
});

test("a lock that ran out is the next server's, and the first one says so", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  let movedMs = 0;
  const clock = { now: () => Date.now() + movedMs, monotonic: () => performance.now() + movedMs };
  const storage = shared(new MemoryStorage({ clock }));
  const open = () => new Pipeline({ backend: { storage, broker: new MemoryBroker() }, logger });
  const [first, second] = [open(), open()];
  await first.start();
  movedMs = 16_000;
  await second.start();
  await first.backend.ping();
  t.mock.timers.tick(5_000);
  await new Promise((resolve) => setImmediate(resolve));
  await assert.rejects(first.backend.ping(), refusal("BACKEND_MISMATCH"));
  await second.backend.ping();
  await first.stop();
  await assert.rejects(open().start(), refusal("BACKEND_MISMATCH"), "still the second one's");
  await second.stop();
});

test("servers on one storage must share one broker", async () => {
  const storage = shared(new MemoryStorage());
  const broker = shared(new MemoryBroker());
  const first = new Pipeline({ backend: { storage, broker }, logger });
  const second = new Pipeline({ backend: { storage, broker }, logger });
  const stranger = new Pipeline({
    backend: { storage, broker: shared(new MemoryBroker()) },
    logger,
  });
  await first.start();
  await second.start();
  await assert.rejects(stranger.start(), refusal("BACKEND_MISMATCH"));
  await Promise.all([first.stop(), second.stop()]);
});
