/** The options that every command with a server has, and the calls that they lead to. */
import { readFileSync } from "node:fs";

import { Option, type Command } from "commander";

import { AdminService } from "../../gen/qtasksapi/v1/admin_service_pb.ts";
import { SystemService } from "../../gen/qtasksapi/v1/system_service_pb.ts";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import {
  DEFAULT_ADDRESS,
  grpcCalls,
  openChannel,
  TaskClient,
  type ChannelInit,
  type ServiceCalls,
} from "../client/index.ts";
import { UsageError } from "./usage-error.ts";

/** What commander makes of {@link addServerOptions}. */
export interface ServerOptions {
  readonly server: string;
  readonly token?: string;
  readonly tls?: boolean;
  readonly tlsCa?: string;
  readonly insecure?: boolean;
}

export interface Connection {
  readonly tasks: TaskClient;
  readonly admin: ServiceCalls<typeof AdminService>;
  readonly system: ServiceCalls<typeof SystemService>;
}

/** Adds `--server` and what protects the connection. */
export function addServerOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--server <host:port>", "where the server listens")
        .env("QTASKS_SERVER")
        .default(DEFAULT_ADDRESS),
    )
    .addOption(new Option("--token <token>", "the server's token").env("QTASKS_TOKEN"))
    .option("--tls", "connect by TLS, trusting the system's authorities")
    .option("--tls-ca <file>", "connect by TLS, trusting the authority in this PEM file")
    .option("--insecure", "send the token beyond this machine without TLS");
}

/** Channel settings of the options. Throws a UsageError for a file that can't be read. */
export function channelInit(options: ServerOptions): ChannelInit {
  const { server, token, insecure } = options;
  const tls = options.tlsCa === undefined ? options.tls : { ca: readFile(options.tlsCa) };
  return { address: server, token, insecure, tls };
}

/**
 * Connects, runs the body, and closes the connection. Fails soon with SERVER_UNREACHABLE where no
 * server answers at first; a server that goes away later is waited for.
 */
export async function withConnection<T>(
  options: ServerOptions,
  body: (connection: Connection) => Promise<T>,
): Promise<T> {
  const channel = openChannel(channelInit(options));
  const system = grpcCalls(SystemService, channel);
  const tasks = new TaskClient(grpcCalls(TaskService, channel), {
    onClose: () => channel.close(),
  });
  try {
    await system.getSystemInfo({}, { timeoutMs: FIRST_ANSWER_MS });
    return await body({ tasks, system, admin: grpcCalls(AdminService, channel) });
  } finally {
    tasks.close();
  }
}

const FIRST_ANSWER_MS = 10_000;

function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`--tls-ca: ${(error as Error).message}`);
  }
}
