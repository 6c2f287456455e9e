/** A pipeline in this process, with its services and the calls to them. */
import type { Logger } from "pino";
import { AdminService } from "../../gen/qtasksapi/v1/admin_service_pb.ts";
import { SystemService } from "../../gen/qtasksapi/v1/system_service_pb.ts";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { WorkerService } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { TaskClient } from "../client/client.ts";
import type { Config } from "../config/options.ts";
import type { Limits, Timings } from "../core/limits.ts";
import { observed } from "../plugins/observed.ts";
import { Pipeline, type PipelineOptions } from "../pipeline/pipeline.ts";
import { checkEnqueueRequest } from "../server/checks/tasks.ts";
import { DurableCalls } from "../server/durable/durable-calls.ts";
import { localCalls } from "../server/local-calls.ts";
import type { ReadinessReport } from "../server/readiness.ts";
import { adminService } from "../server/services/admin-service.ts";
import { systemService } from "../server/services/system-service.ts";
import { taskService } from "../server/services/task-service.ts";
import { workerService } from "../server/services/worker-service.ts";
import { openBackend } from "./backends.ts";
import type { AppHookSet } from "./app-hook-set.ts";
import type { Components } from "./components.ts";
import type { Connection } from "./connection.ts";
import { packageVersion } from "./version.ts";

export interface LocalOptions {
  readonly logger: Logger;
  readonly limits?: Partial<Limits> | undefined;
  readonly timings?: Partial<Timings> | undefined;
  readonly components: Components;
  readonly hooks: AppHookSet;
}

/** Opens the backend and starts a pipeline on it. */
export async function openLocal(config: Config, options: LocalOptions): Promise<Connection> {
  const { logger, limits, timings, components, hooks } = options;
  const maxLogs = limits?.maxLogsPerTask;
  const backend = observe(await openBackend({ config, logger, maxLogs, components }), hooks);
  const pipeline = new Pipeline({
    backend,
    logger,
    limits,
    timings,
    clock: components.clock,
    random: components.random,
    hooks: hooks.pipeline,
    checkEnqueue: checkEnqueueRequest,
  });
  await startOrStop(pipeline);
  const durable = new DurableCalls(pipeline, logger, hooks.payloads);
  const task = taskService(pipeline, durable);
  const admin = adminService(pipeline);
  const system = systemService(pipeline, { version: packageVersion(), durable });
  const tasks = hooks.tasks(localCalls(task, TaskService, { logger }));
  const client = new TaskClient(tasks, { hook: hooks.enqueue });
  const ownWorkers = workerService(pipeline, { durable, local: true });
  return {
    client,
    tasks,
    workers: hooks.workers(localCalls(ownWorkers, WorkerService, { logger })),
    system: localCalls(system, SystemService, { logger }),
    admin: localCalls(admin, AdminService, { logger }),
    local: {
      storage: pipeline.storage,
      services: [task, workerService(pipeline, { durable }), admin, system],
      durable,
      readiness: () => readiness(pipeline),
    },
    close: async () => {
      client.close();
      await pipeline.stop();
    },
  };
}

/** Tells those that want to know of the calls of broker and storage. */
function observe(
  backend: PipelineOptions["backend"],
  { storage: tellStorage, broker: tellBroker }: AppHookSet,
): PipelineOptions["backend"] {
  const told = <C extends object>(component: C, tell: AppHookSet["storage"]): C =>
    tell === undefined ? component : observed(component, tell);
  if ("joint" in backend) return { joint: told(backend.joint, tellStorage) };
  return {
    storage: told(backend.storage, tellStorage),
    broker: told(backend.broker, tellBroker),
  };
}

/** What a start that failed had opened is closed. */
async function startOrStop(pipeline: Pipeline): Promise<void> {
  try {
    await pipeline.start();
  } catch (error) {
    await pipeline.stop();
    throw error;
  }
}

async function readiness(pipeline: Pipeline): Promise<ReadinessReport> {
  try {
    await pipeline.backend.ping();
    return { ready: true, checks: [{ name: "backend", ok: true }] };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { ready: false, checks: [{ name: "backend", ok: false, detail }] };
  }
}
