/** What an app works on: a server elsewhere, or a pipeline of its own. Clients and workers see no difference. */
import type { AdminService } from "../../gen/qtasksapi/v1/admin_service_pb.ts";
import type { SystemService } from "../../gen/qtasksapi/v1/system_service_pb.ts";
import type { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type { WorkerService } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { TaskClient } from "../client/client.ts";
import type { ServiceCalls } from "../core/calls.ts";
import type { DurableCalls } from "../server/durable/durable-calls.ts";
import type { CheckReadiness } from "../server/readiness.ts";
import type { ServiceDefinition } from "../server/service.ts";
import type { Storage } from "../storage/storage.ts";

export interface Connection {
  readonly client: TaskClient;
  readonly tasks: ServiceCalls<typeof TaskService>;
  readonly workers: ServiceCalls<typeof WorkerService>;
  readonly system: ServiceCalls<typeof SystemService>;
  readonly admin: ServiceCalls<typeof AdminService>;
  /** Set where the pipeline is in this process. */
  readonly local?: LocalParts | undefined;
  close(): Promise<void>;
}

/** What a server needs of a pipeline in this process. */
export interface LocalParts {
  readonly storage: Storage;
  readonly services: readonly ServiceDefinition[];
  readonly durable: DurableCalls;
  readonly readiness: CheckReadiness;
}
