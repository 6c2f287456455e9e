/** The options that every command with a server has, and the calls that they lead to. */
import { readFileSync } from "node:fs";

import type { Command } from "commander";

import { AdminService } from "../../gen/qtasksapi/v1/admin_service_pb.ts";
import { SystemService } from "../../gen/qtasksapi/v1/system_service_pb.ts";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import {
  grpcCalls,
  openChannel,
  TaskClient,
  type ChannelInit,
  type ServiceCalls,
} from "../client/index.ts";
import { resolveConfig } from "../config/resolve.ts";
import { addConfigOptions, configArguments } from "./config-options.ts";
import { Messages } from "./messages.ts";
import { UsageError } from "./usage-error.ts";

export interface Connection {
  readonly tasks: TaskClient;
  readonly messages: Messages;
  readonly admin: ServiceCalls<typeof AdminService>;
  readonly system: ServiceCalls<typeof SystemService>;
}

/** Options of the way to a server elsewhere. */
export const CONNECTION_OPTIONS = ["server", "token", "tls", "tlsCa", "insecure"] as const;

/** How long the first answer may take, in ms. */
const FIRST_ANSWER_MS = 10_000;

/** Adds `--server` and what protects the connection. */
export function addServerOptions(command: Command): Command {
  return addConfigOptions(command, CONNECTION_OPTIONS);
}

/**
 * Connects, runs the body, and closes the connection. Fails soon with SERVER_UNREACHABLE where no
 * server answers at first; a server that goes away later is waited for.
 */
export async function withConnection<T>(
  options: Readonly<Record<string, unknown>>,
  body: (connection: Connection) => Promise<T>,
): Promise<T> {
  const channel = openChannel(channelInit(options));
  const system = grpcCalls(SystemService, channel);
  const tasks = new TaskClient(grpcCalls(TaskService, channel), {
    onClose: () => channel.close(),
  });
  try {
    await system.getSystemInfo({}, { timeoutMs: FIRST_ANSWER_MS });
    const messages = new Messages(channel);
    return await body({ tasks, messages, system, admin: grpcCalls(AdminService, channel) });
  } finally {
    tasks.close();
  }
}

function channelInit(options: Readonly<Record<string, unknown>>): ChannelInit {
  const { values } = resolveConfig({ arguments: configArguments(options, CONNECTION_OPTIONS) });
  const { server: address, token, insecure, tlsCa } = values;
  const tls = tlsCa === undefined ? values.tls : { ca: readFile(tlsCa) };
  return { address, token, insecure, tls };
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`--tls-ca: ${(error as Error).message}`);
  }
}
