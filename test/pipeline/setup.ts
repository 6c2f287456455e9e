/** A pipeline over memory, seen through its services, with a clock that tests can move. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pino } from "pino";
import { AdminService } from "../../gen/qtasksapi/v1/admin_service_pb.ts";
import { SystemService } from "../../gen/qtasksapi/v1/system_service_pb.ts";
import type { Task, TaskOptionsSchema, TaskSpecSchema } from "../../gen/qtasksapi/v1/task_pb.ts";
import { TaskView } from "../../gen/qtasksapi/v1/task_pb.ts";
import {
  TaskService,
  type EnqueueTaskRequestSchema,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { WorkerService } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { MemoryBroker } from "../../src/backends/memory/memory-broker.ts";
import { MemoryStorage } from "../../src/backends/memory/memory-storage.ts";
import type { Broker } from "../../src/broker/broker.ts";
import type { ServiceCalls } from "../../src/core/calls.ts";
import type { Clock } from "../../src/core/clock.ts";
import { toDuration } from "../../src/core/duration.ts";
import { QTasksError, type Reason } from "../../src/core/errors.ts";
import type { Limits, Timings } from "../../src/core/limits.ts";
import { Pipeline } from "../../src/pipeline/pipeline.ts";
import { localCalls } from "../../src/server/local-calls.ts";
import { adminService } from "../../src/server/services/admin-service.ts";
import { systemService } from "../../src/server/services/system-service.ts";
import { taskService } from "../../src/server/services/task-service.ts";
import { workerService } from "../../src/server/services/worker-service.ts";

/** Name of the task that every scene has defined. */
export const NAME = "math.add";
/** Longer than anything that a test waits for, in ms. */
export const PATIENCE_MS = 10_000;

/** The machine's time, moved by what a test asks for. */
export class MovedClock implements Clock {
  #movedMs = 0;

  now(): number {
    return Date.now() + this.#movedMs;
  }

  monotonic(): number {
    return performance.now() + this.#movedMs;
  }

  advance(ms: number): void {
    this.#movedMs += ms;
  }
}

/** Sweeps follow a moved clock within some 30 ms; leases and sessions keep their usual length. */
const TIMINGS: Partial<Timings> = { heartbeatIntervalMs: 5, sweepIntervalMs: 20 };

export interface SceneOptions {
  readonly limits?: Partial<Limits>;
  readonly timings?: Partial<Timings>;
  readonly maxLogs?: number;
  /** Options of the definition that the scene starts with. */
  readonly definition?: MessageInitShape<typeof TaskOptionsSchema>;
  /** Wraps the broker of a composed pair. */
  readonly wrapBroker?: (broker: Broker) => Broker;
}

/** One server: a pipeline with its services. */
export interface Server {
  readonly pipeline: Pipeline;
  readonly tasks: ServiceCalls<typeof TaskService>;
  readonly workers: ServiceCalls<typeof WorkerService>;
  readonly admin: ServiceCalls<typeof AdminService>;
  readonly system: ServiceCalls<typeof SystemService>;
}

export type BackendKind = "joint" | "composed";

export class Scene implements Server {
  readonly clock = new MovedClock();
  readonly storage: MemoryStorage;
  readonly broker: Broker;
  readonly #kind: BackendKind;
  readonly #options: SceneOptions;
  readonly #servers: Server[] = [];

  constructor(kind: BackendKind, options: SceneOptions) {
    this.#kind = kind;
    this.#options = options;
    const { clock } = this;
    this.storage = new MemoryStorage({ clock, maxLogs: options.maxLogs });
    const broker = new MemoryBroker({ clock });
    this.broker = options.wrapBroker?.(broker) ?? broker;
  }

  /** The one that the scene began with. */
  get server(): Server {
    return this.#servers[0]!;
  }

  get pipeline(): Pipeline {
    return this.server.pipeline;
  }

  get tasks(): Server["tasks"] {
    return this.server.tasks;
  }

  get workers(): Server["workers"] {
    return this.server.workers;
  }

  get admin(): Server["admin"] {
    return this.server.admin;
  }

  get system(): Server["system"] {
    return this.server.system;
  }

  /** Another server on the same data. */
  async openServer(): Promise<Server> {
    const { storage, broker } = this;
    const pipeline = new Pipeline({
      backend: this.#kind === "joint" ? { joint: storage } : { storage, broker },
      logger: pino({ level: "silent" }),
      limits: this.#options.limits,
      timings: { ...TIMINGS, ...this.#options.timings },
    });
    await pipeline.start();
    const server = {
      pipeline,
      tasks: localCalls(taskService(pipeline), TaskService),
      workers: localCalls(workerService(pipeline), WorkerService),
      admin: localCalls(adminService(pipeline), AdminService),
      system: localCalls(systemService(pipeline, { version: "1.2.3" }), SystemService),
    };
    this.#servers.push(server);
    return server;
  }

  async start(): Promise<void> {
    const { system } = await this.openServer();
    const options = this.#options.definition;
    await system.applyTaskDefinitions({
      definitions: [{ name: NAME, ...(options && { options }) }],
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.pipeline.stop()));
  }

  /** Enqueues a task of the scene's definition and answers with it. */
  async enqueue(
    options: MessageInitShape<typeof TaskOptionsSchema> = {},
    request: EnqueueFields & { readonly spec?: SpecFields } = {},
  ): Promise<Task> {
    const spec = { name: NAME, ...request.spec, options };
    const { task } = await this.tasks.enqueueTask({ ...request, spec });
    return task!;
  }

  async get(taskId: string): Promise<Task> {
    return (await this.tasks.getTask({ taskId, view: TaskView.FULL })).task!;
  }

  /** The task once it passes the test; looks again at each of its changes. */
  async until(taskId: string, test: (task: Task) => boolean): Promise<Task> {
    const wait = toDuration(PATIENCE_MS);
    for (let afterRevision = 0n; ;) {
      const request = { taskId, wait, afterRevision, view: TaskView.FULL };
      const { task, done } = await this.tasks.awaitTask(request);
      if (test(task!)) return task!;
      if (done || task!.revision === afterRevision)
        assert.fail(`task stays as it is, in state ${task!.state}`);
      afterRevision = task!.revision;
    }
  }

  /** The task once it is terminal. */
  async end(taskId: string): Promise<Task> {
    return this.until(taskId, (task) => task.endTime !== undefined);
  }
}

type Fields<T> = Exclude<T, { readonly $typeName: string }>;
type SpecFields = Omit<Fields<MessageInitShape<typeof TaskSpecSchema>>, "$typeName">;
type EnqueueFields = Omit<
  Fields<MessageInitShape<typeof EnqueueTaskRequestSchema>>,
  "$typeName" | "spec"
>;

type Body = (scene: Scene) => Promise<void>;
/** Declares a test that gets a scene of its own. */
export type It = (title: string, ...rest: [Body] | [SceneOptions, Body]) => void;

/** Declares the same tests over one backend that is both and over a pair. */
export function onBothBackends(title: string, declare: (it: It) => void): void {
  for (const kind of ["joint", "composed"] as const) onBackend(kind, `${title}, ${kind}`, declare);
}

export function onBackend(kind: BackendKind, title: string, declare: (it: It) => void): void {
  describe(title, () => {
    declare((name, ...rest) => {
      const [options, body] = rest.length === 1 ? [{}, rest[0]] : rest;
      test(name, async () => {
        const scene = new Scene(kind, options);
        await scene.start();
        try {
          await body(scene);
        } finally {
          await scene.stop();
        }
      });
    });
  });
}

/** For `assert.rejects`: a QTasksError with that reason and, where given, that field. */
export function refusal(reason: Reason, field?: string): (thrown: unknown) => boolean {
  return (thrown) => {
    assert.ok(thrown instanceof QTasksError, String(thrown));
    assert.equal(thrown.reason, reason, thrown.message);
    if (field !== undefined)
      assert.ok(
        thrown.fields.some((item) => item.field === field),
        thrown.message,
      );
    return true;
  };
}

export { toDuration as ms };
