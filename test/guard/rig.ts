/** A pipeline with its services in this process, and the client and the worker that use it. */
import { pino } from "pino";
import { SystemService } from "../../gen/qtasksapi/v1/system_service_pb.ts";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { WorkerService } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { TaskClient } from "../../src/client/index.ts";
import { Pipeline } from "../../src/pipeline/pipeline.ts";
import { localCalls } from "../../src/server/local-calls.ts";
import { systemService } from "../../src/server/services/system-service.ts";
import { taskService } from "../../src/server/services/task-service.ts";
import { workerService } from "../../src/server/services/worker-service.ts";
import type { Joint } from "../../src/storage/joint.ts";
import { Worker } from "../../src/worker/worker.ts";
import { counted, type Counts } from "./counted.ts";

/** The task that all measures enqueue. */
export const NAME = "guard.noop";
/** 200 bytes as JSON. */
export const INPUT = "x".repeat(198);
/** 20 bytes as JSON. */
const RESULT = "y".repeat(18);
const SLOTS = 100;

export interface Rig {
  readonly client: TaskClient;
  /** Calls of the client and of the worker so far. */
  readonly clientCalls: Counts;
  readonly workerCalls: Counts;
  /** Starts a worker of 100 slots and waits until so many tasks have ended by it; then stops it. */
  drain(tasks: number): Promise<void>;
  close(): Promise<void>;
}

export async function openRig(joint: Joint): Promise<Rig> {
  const logger = pino({ level: "silent" });
  const pipeline = new Pipeline({ backend: { joint }, logger });
  await pipeline.start();
  const clientCalls: Counts = new Map();
  const workerCalls: Counts = new Map();
  const system = localCalls(systemService(pipeline, { version: "guard" }), SystemService);
  const workers = localCalls(workerService(pipeline, { local: true }), WorkerService);
  const tasks = localCalls(taskService(pipeline), TaskService);
  await system.applyTaskDefinitions({ definitions: [{ name: NAME }] });
  const client = new TaskClient(counted(TaskService, tasks, clientCalls));

  async function drain(count: number): Promise<void> {
    let ended = 0;
    const all = Promise.withResolvers<void>();
    const handler = (): string => {
      if (++ended === count) all.resolve();
      return RESULT;
    };
    const worker = new Worker({
      calls: counted(WorkerService, workers, workerCalls),
      logger,
      slots: SLOTS,
      handlers: [{ definition: { name: NAME }, handler }],
    });
    await worker.start();
    await all.promise;
    await worker.stop();
  }

  return {
    client,
    clientCalls,
    workerCalls,
    drain,
    close: async () => {
      client.close();
      await pipeline.stop();
    },
  };
}
