/** A server of a scenario: a pipeline with its services, and what tests do with tasks. */
import assert from "node:assert/strict";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { pino } from "pino";
import { AdminService } from "../../../gen/qtasksapi/v1/admin_service_pb.ts";
import { TaskView, type Task } from "../../../gen/qtasksapi/v1/task_pb.ts";
import {
  TaskService,
  type EnqueueTaskRequestSchema,
} from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import {
  TaskDefinitionSchema,
  WorkerService,
} from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { ServiceCalls } from "../../../src/core/calls.ts";
import { toDuration } from "../../../src/core/duration.ts";
import type { Timings } from "../../../src/core/limits.ts";
import { Pipeline } from "../../../src/pipeline/pipeline.ts";
import { localCalls } from "../../../src/server/local-calls.ts";
import { adminService } from "../../../src/server/services/admin-service.ts";
import { taskService } from "../../../src/server/services/task-service.ts";
import { workerService } from "../../../src/server/services/worker-service.ts";
import type { Fault } from "../../../src/testing/faults/faulty.ts";
import type { Parts } from "../backend/places.ts";
import { Life, wrapParts } from "./wrapped.ts";

/** Name of every task of the scenarios. */
export const NAME = "scenario";
/** Longer than anything that a scenario waits for, in ms. */
export const PATIENCE_MS = 15_000;

/** Sweeps come often; leases last unless a scenario says else. */
const TIMINGS: Partial<Timings> = {
  heartbeatIntervalMs: 20,
  sweepIntervalMs: 100,
  reconcileIntervalMs: 150,
  holdMs: 500,
  pairingTtlMs: 600,
};

export interface ServerOptions {
  readonly timings?: Partial<Timings> | undefined;
  readonly fault?: Fault | undefined;
}

export type EnqueueInit = MessageInitShape<typeof EnqueueTaskRequestSchema>;

export class Server {
  readonly pipeline: Pipeline;
  readonly tasks: ServiceCalls<typeof TaskService>;
  readonly workers: ServiceCalls<typeof WorkerService>;
  readonly admin: ServiceCalls<typeof AdminService>;
  readonly life = new Life();
  readonly #parts: Parts;

  constructor(parts: Parts, { timings, fault = () => undefined }: ServerOptions) {
    this.#parts = parts;
    this.pipeline = new Pipeline({
      backend: wrapParts(parts, this.life, fault),
      logger: pino({ level: "silent" }),
      timings: { ...TIMINGS, ...timings },
    });
    this.tasks = localCalls(taskService(this.pipeline), TaskService);
    this.workers = localCalls(workerService(this.pipeline), WorkerService);
    this.admin = localCalls(adminService(this.pipeline), AdminService);
  }

  async start(): Promise<void> {
    await this.pipeline.start();
    await this.pipeline.definitions.apply([create(TaskDefinitionSchema, { name: NAME })]);
  }

  /** Its workers end by it too, also those that a scenario that fails has left. */
  async stop(): Promise<void> {
    await this.pipeline.stop().finally(() => this.life.end());
  }

  /** Ends as a killed process does: nothing of it reaches the data any more, and its files are free. */
  async crash(): Promise<void> {
    this.life.end();
    await this.stop();
    const parts = "joint" in this.#parts ? [this.#parts.joint] : Object.values(this.#parts);
    await Promise.all(parts.map((part) => part.stop()));
  }

  /** Enqueues a task of {@link NAME} and gives its id. */
  async enqueue(init: Omit<EnqueueInit, "$typeName"> = {}): Promise<string> {
    const request = { ...init, spec: { ...init.spec, name: NAME } } as EnqueueInit;
    const { task } = await this.tasks.enqueueTask(request);
    return task!.taskId;
  }

  async get(taskId: string): Promise<Task> {
    return (await this.tasks.getTask({ taskId, view: TaskView.FULL })).task!;
  }

  /** The task once it is terminal. */
  async end(taskId: string): Promise<Task> {
    const request = { taskId, wait: toDuration(PATIENCE_MS), view: TaskView.FULL };
    const { task, done } = await this.tasks.awaitTask(request);
    assert.ok(done, `task ${taskId} came to no end, it is in state ${task!.state}`);
    return task!;
  }
}
