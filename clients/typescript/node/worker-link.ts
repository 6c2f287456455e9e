/** What a worker has while it is not stopped: its connection, a client on it, and what runs the tasks. */
import type { Logger } from "pino";
import { SystemService } from "../../../gen/qtasksapi/v1/system_service_pb.ts";
import { TaskService } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { WorkerService } from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import { packageVersion } from "../../../src/app/version.ts";
import { openChannel } from "../../../src/client/channel.ts";
import { TaskClient } from "../../../src/client/client.ts";
import { grpcCalls } from "../../../src/client/grpc-calls.ts";
import type { ServiceCalls } from "../../../src/core/calls.ts";
import { Worker as TaskRunner } from "../../../src/worker/worker.ts";
import type { WorkerOptions } from "./worker-options.ts";

export interface WorkerLink {
  readonly runner: TaskRunner;
  /** Closing it closes the connection. */
  readonly client: TaskClient;
  readonly system: ServiceCalls<typeof SystemService>;
}

/** Nothing is sent before the runner starts or the client is used. CONFIG_INVALID for options out of range. */
export function openLink(options: WorkerOptions & { readonly logger: Logger }): WorkerLink {
  const { address, token, tls, insecure, ...worker } = options;
  const channel = openChannel({ address, token, tls, insecure });
  const tasks = grpcCalls(TaskService, channel);
  const system = grpcCalls(SystemService, channel);
  const runner = new TaskRunner({
    ...worker,
    calls: grpcCalls(WorkerService, channel),
    tasks,
    system,
    sdkVersion: packageVersion(),
  });
  const client = new TaskClient(tasks, { onClose: () => channel.close() });
  return { runner, client, system };
}
