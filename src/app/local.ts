/** A pipeline in this process, with its services and the calls to them. */
import type { Logger } from "pino";
import { SystemService } from "../../gen/qtasksapi/v1/system_service_pb.ts";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { WorkerService } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { TaskClient } from "../client/client.ts";
import type { Config } from "../config/options.ts";
import type { Limits, Timings } from "../core/limits.ts";
import { Pipeline } from "../pipeline/pipeline.ts";
import { DurableCalls } from "../server/durable/durable-calls.ts";
import { localCalls } from "../server/local-calls.ts";
import type { ReadinessReport } from "../server/readiness.ts";
import { adminService } from "../server/services/admin-service.ts";
import { systemService } from "../server/services/system-service.ts";
import { taskService } from "../server/services/task-service.ts";
import { workerService } from "../server/services/worker-service.ts";
import { openBackend } from "./backends.ts";
import type { Connection } from "./connection.ts";
import { packageVersion } from "./version.ts";

export interface LocalOptions {
  readonly logger: Logger;
  readonly limits?: Partial<Limits> | undefined;
  readonly timings?: Partial<Timings> | undefined;
}

/** Opens the backend and starts a pipeline on it. */
export async function openLocal(config: Config, options: LocalOptions): Promise<Connection> {
  const { logger, limits, timings } = options;
  const backend = await openBackend(config, logger, limits?.maxLogsPerTask);
  const pipeline = new Pipeline({ backend, logger, limits, timings });
  await startOrStop(pipeline);
  const durable = new DurableCalls(pipeline, logger);
  const task = taskService(pipeline, durable);
  const system = systemService(pipeline, { version: packageVersion(), durable });
  const tasks = localCalls(task, TaskService, { logger });
  const client = new TaskClient(tasks);
  return {
    client,
    tasks,
    workers: localCalls(workerService(pipeline, { durable, local: true }), WorkerService, {
      logger,
    }),
    system: localCalls(system, SystemService, { logger }),
    local: {
      storage: pipeline.storage,
      services: [task, workerService(pipeline, { durable }), adminService(pipeline), system],
      durable,
      readiness: () => readiness(pipeline),
    },
    close: async () => {
      client.close();
      await pipeline.stop();
    },
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
