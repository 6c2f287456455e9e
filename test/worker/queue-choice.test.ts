/** Workers with a strategy, on a whole pipeline: what they take while tasks wait in three queues. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { pino } from "pino";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  TaskService,
  type EnqueueTaskRequestSchema,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { TaskDefinitionSchema, WorkerService } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { MemoryStorage } from "../../src/backends/memory/memory-storage.ts";
import { Pipeline } from "../../src/pipeline/pipeline.ts";
import { localCalls } from "../../src/server/local-calls.ts";
import { taskService } from "../../src/server/services/task-service.ts";
import { workerService } from "../../src/server/services/worker-service.ts";
import { strictOrder, weighted } from "../../src/worker/queue-strategies.ts";
import type { QueueStrategy } from "../../src/worker/queue-strategy.ts";
import { Worker } from "../../src/worker/worker.ts";
import { seeded } from "./seeded.ts";
import { setup as setupFake } from "./setup.ts";

const NAME = "work";
const QUEUES = ["critical", "default", "low"];
/** So long a test may wait for its tasks. */
const IN_TIME = { timeout: 30_000 };
const WEIGHTS = { critical: 6, default: 3, low: 1 };

type EnqueueInit = MessageInitShape<typeof EnqueueTaskRequestSchema>;

interface Setup {
  /** So many tasks in each of these queues. */
  readonly fill: (counts: Readonly<Record<string, number>>) => Promise<void>;
  /** Starts a worker. */
  readonly work: (queueStrategy: QueueStrategy, slots?: number) => Promise<void>;
  /** Resolves with the queues of the first tasks that ran, in the order in which they began. */
  readonly ran: (count: number) => Promise<readonly string[]>;
}

async function setup(t: TestContext): Promise<Setup> {
  const logger = pino({ level: "silent" });
  const pipeline = new Pipeline({ backend: { joint: new MemoryStorage() }, logger });
  await pipeline.start();
  await pipeline.definitions.apply([create(TaskDefinitionSchema, { name: NAME })]);
  const tasks = localCalls(taskService(pipeline), TaskService);
  const enqueue = (requests: EnqueueInit[]) => tasks.batchEnqueueTasks({ requests });
  const order: string[] = [];
  const waiting = new Set<() => void>();
  const handler = (_input: unknown, { queue }: { readonly queue: string }): void => {
    order.push(queue);
    for (const look of waiting) look();
  };
  let worker: Worker | undefined;
  t.after(async () => {
    await worker?.stop();
    await pipeline.stop();
  });
  return {
    fill: async (counts) => {
      const requests = Object.entries(counts).flatMap(([queue, count]) =>
        Array.from({ length: count }, () => ({ spec: { name: NAME, options: { queue } } })),
      );
      for (let at = 0; at < requests.length; at += 1_000)
        for (const { created } of (await enqueue(requests.slice(at, at + 1_000))).results)
          assert.ok(created);
    },
    work: async (queueStrategy, slots = 1) => {
      worker = new Worker({
        calls: localCalls(workerService(pipeline, { local: true }), WorkerService),
        handlers: [{ definition: { name: NAME }, handler }],
        queues: QUEUES,
        slots,
        queueStrategy,
        logger,
      });
      await worker.start();
    },
    ran: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (order.length >= count) resolve(order.slice(0, count));
        };
        waiting.add(look);
        look();
      }),
  };
}

function countsOf(queues: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const queue of queues) counts[queue] = (counts[queue] ?? 0) + 1;
  return counts;
}

test(
  "by weight: each queue's share of 3,000 tasks is its share of the weights, and none starves",
  IN_TIME,
  async (t) => {
    const { fill, work, ran } = await setup(t);
    await fill({ critical: 2_500, default: 2_500, low: 2_500 });
    await work(weighted(WEIGHTS, { random: seeded(5) }), 2);
    const queues = await ran(3_000);
    const counts = countsOf(queues);
    // Four standard deviations, where each poll takes two tasks.
    for (const [queue, share] of [
      ["critical", 0.6],
      ["default", 0.3],
      ["low", 0.1],
    ] as const) {
      const deviation = Math.sqrt((share * (1 - share)) / 1_500);
      assert.ok(Math.abs(counts[queue]! / 3_000 - share) < 4 * deviation, JSON.stringify(counts));
    }
    let last = -1;
    for (const [at, queue] of [...queues, "low"].entries()) {
      if (queue !== "low") continue;
      assert.ok(at - last < 300, `nothing of low for ${at - last} tasks`);
      last = at;
    }
    t.diagnostic(`critical, default, low: ${QUEUES.map((queue) => counts[queue]).join(", ")}`);
  },
);

test("by weight: what the heavy queues lack the light one gives, at once", IN_TIME, async (t) => {
  const { fill, work, ran } = await setup(t);
  const polls: (readonly string[])[] = [];
  const strategy = weighted(WEIGHTS, { random: seeded(6) });
  await fill({ low: 500, critical: 20 });
  await work({
    choose: (queues) => {
      const chosen = strategy.choose(queues);
      polls.push(chosen);
      return chosen;
    },
  });
  const counts = countsOf(await ran(520));
  assert.deepEqual(counts, { critical: 20, low: 500 });
  // A poll for each task, or fewer: none came back empty while tasks waited.
  assert.ok(polls.length <= 521, `${polls.length} polls`);
  for (const chosen of polls) assert.deepEqual([...chosen].sort(), QUEUES);
});

test("in strict order: a queue gives nothing while one before it has work", IN_TIME, async (t) => {
  const { fill, work, ran } = await setup(t);
  await fill({ low: 200, default: 200, critical: 200 });
  await work(strictOrder("critical", "default"));
  const queues = await ran(600);
  const expected = QUEUES.flatMap((queue) => Array.from({ length: 200 }, () => queue));
  assert.deepEqual(queues, expected);
});

test("without a strategy no poll names a queue; with one, those that offer slots do", async (t) => {
  const plain = await setupFake(t, { a: () => {} });
  await plain.server.until(() => plain.server.polls.length > 0);
  assert.deepEqual(plain.server.polls[0]!.queues, []);
  const seen: (readonly string[])[] = [];
  const queueStrategy = {
    choose: (queues: readonly string[]) => {
      seen.push(queues);
      return queues.toReversed();
    },
  };
  const { server, worker } = await setupFake(t, { a: () => {} }, { queueStrategy });
  await server.until(() => server.polls.length > 0);
  assert.deepEqual(server.polls[0]!.queues, ["default"]);
  // A task with a queue of its own is among them once the server has heard of it.
  await worker.add({ definition: { name: "b", options: { queue: "other" } }, handler: () => {} });
  server.push({ name: "a" });
  await server.until(() => seen.some((queues) => queues.includes("other")));
  assert.deepEqual(seen.at(-1), ["default", "other"]);
  assert.deepEqual(server.polls.at(-1)!.queues, ["other", "default"]);
});

test("a strategy that throws holds no worker up for good", async (t) => {
  let calls = 0;
  const queueStrategy = {
    choose: (queues: readonly string[]) => {
      if (++calls === 1) throw new Error("not today");
      return queues;
    },
  };
  const { server, logs } = await setupFake(t, { a: () => {} }, { queueStrategy });
  await server.until(() => server.polls.length > 0);
  assert.ok(logs.some(({ msg }) => msg === "a poll failed; trying again"));
});
