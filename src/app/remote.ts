/** A connection to a server elsewhere. */
import { readFile } from "node:fs/promises";
import { AdminService } from "../../gen/qtasksapi/v1/admin_service_pb.ts";
import { SystemService } from "../../gen/qtasksapi/v1/system_service_pb.ts";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { WorkerService } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { openChannel, type ChannelInit } from "../client/channel.ts";
import { TaskClient } from "../client/client.ts";
import { grpcCalls } from "../client/grpc-calls.ts";
import type { Config } from "../config/options.ts";
import { QTasksError } from "../core/errors.ts";
import type { AppHookSet } from "./app-hook-set.ts";
import type { Connection } from "./connection.ts";

const NO_HOOKS: Pick<AppHookSet, "tasks" | "workers" | "enqueue"> = {
  tasks: (calls) => calls,
  workers: (calls) => calls,
  enqueue: undefined,
};

/** Opens a channel to `address`; nothing is sent before the first call. */
export async function openRemote(
  address: string,
  config: Config,
  hooks: Pick<AppHookSet, "tasks" | "workers" | "enqueue"> = NO_HOOKS,
): Promise<Connection> {
  const { token, insecure } = config;
  const channel = openChannel({ address, token, insecure, tls: await tlsOf(config) });
  const tasks = hooks.tasks(grpcCalls(TaskService, channel));
  const client = new TaskClient(tasks, {
    address,
    hook: hooks.enqueue,
    onClose: () => channel.close(),
  });
  return {
    client,
    tasks,
    workers: hooks.workers(grpcCalls(WorkerService, channel)),
    system: grpcCalls(SystemService, channel),
    admin: grpcCalls(AdminService, channel),
    close: async () => client.close(),
  };
}

async function tlsOf({ tls, tlsCa }: Config): Promise<ChannelInit["tls"]> {
  if (tlsCa === undefined) return tls || undefined;
  try {
    return { ca: await readFile(tlsCa) };
  } catch (cause) {
    throw new QTasksError("CONFIG_INVALID", `tlsCa: ${(cause as Error).message}`, { cause });
  }
}
