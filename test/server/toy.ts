/** A server with a toy TaskService, and callers for it. */
import type { TestContext } from "node:test";

import { create, fromBinary, toBinary, type DescMethod, type Message } from "@bufbuild/protobuf";
import * as grpc from "@grpc/grpc-js";
import pino, { type Logger } from "pino";

import { StatusSchema } from "../../gen/google/rpc/status_pb.ts";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { QTasksError } from "../../src/core/errors.ts";
import type { ServerOptions } from "../../src/server/options.ts";
import { Server } from "../../src/server/server.ts";
import {
  defineService,
  type ServiceDefinition,
  type ServiceFunctions,
} from "../../src/server/service.ts";

export type TaskFunctions = ServiceFunctions<typeof TaskService>;

/** What a test logs, one record per line. */
export interface TestLog {
  readonly logger: Logger;
  readonly records: Record<string, unknown>[];
}

export function testLog(): TestLog {
  const records: Record<string, unknown>[] = [];
  const logger = pino({ level: "debug" }, { write: (line) => records.push(JSON.parse(line)) });
  return { logger, records };
}

/** A TaskService whose other methods say that they aren't there. */
export function toyService(functions: Partial<TaskFunctions>): ServiceDefinition {
  const missing = (name: string) => () => {
    throw new QTasksError("METHOD_NOT_FOUND", `${name} is not part of this toy`);
  };
  const all = TaskService.methods.map(({ localName }) => [localName, missing(localName)]);
  return defineService(TaskService, { ...Object.fromEntries(all), ...functions } as TaskFunctions);
}

export interface ToyServer {
  readonly server: Server;
  readonly log: TestLog;
  readonly grpcAddress: string;
  readonly httpUrl: string;
}

/** Starts a server on free loopback ports; it is stopped when the test ends. */
export async function startToy(
  t: TestContext,
  functions: Partial<TaskFunctions>,
  options: Partial<ServerOptions> = {},
): Promise<ToyServer> {
  const log = testLog();
  const server = new Server({
    services: [toyService(functions)],
    logger: log.logger,
    grpc: "127.0.0.1:0",
    http: "127.0.0.1:0",
    graceMs: 100,
    ...options,
  });
  await server.start();
  t.after(() => server.stop());
  const scheme = options.tls === undefined ? "http" : "https";
  return {
    server,
    log,
    grpcAddress: server.grpcAddress ?? "",
    httpUrl: `${scheme}://${server.httpAddress}`,
  };
}

/** A grpc-js client on its own connection, closed when the test ends. */
export function grpcClient(
  t: TestContext,
  address: string,
  options: grpc.ClientOptions = {},
  credentials = grpc.credentials.createInsecure(),
): grpc.Client {
  const client = new grpc.Client(address, credentials, {
    "grpc.use_local_subchannel_pool": 1,
    ...options,
  });
  t.after(() => client.close());
  return client;
}

/** How a unary call ended. */
export interface Ended {
  readonly error: grpc.ServiceError | undefined;
  readonly bytes: Buffer | undefined;
}

/** Calls a unary method with raw bytes. */
export function callRaw(
  client: grpc.Client,
  path: string,
  request: Uint8Array,
  {
    metadata = new grpc.Metadata(),
    ...options
  }: grpc.CallOptions & { metadata?: grpc.Metadata } = {},
): { ended: Promise<Ended>; call: grpc.ClientUnaryCall } {
  const { promise: ended, resolve } = Promise.withResolvers<Ended>();
  const same = (bytes: Buffer) => bytes;
  const call = client.makeUnaryRequest<Buffer, Buffer>(
    path,
    same,
    same,
    Buffer.from(request),
    metadata,
    options,
    (error, bytes) => resolve({ error: error ?? undefined, bytes }),
  );
  return { ended, call };
}

/** The path of a method. */
export function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

/** Calls a unary method with a message. */
export function call(
  client: grpc.Client,
  method: DescMethod,
  init: object,
  options: grpc.CallOptions & { metadata?: grpc.Metadata } = {},
) {
  const request = toBinary(method.input, create(method.input, init as Message));
  return callRaw(client, pathOf(method), request, options);
}

/** Opens a WatchTask stream on a connection of its own. */
export function openStream(t: TestContext, address: string) {
  const same = (bytes: Buffer) => bytes;
  const { input } = TaskService.method.watchTask;
  const request = Buffer.from(toBinary(input, create(input)));
  const path = pathOf(TaskService.method.watchTask);
  const client = grpcClient(t, address);
  const stream = client.makeServerStreamRequest<Buffer, Buffer>(path, same, same, request);
  const ended = new Promise<number>((resolve) => stream.on("status", ({ code }) => resolve(code)));
  stream.on("error", () => undefined);
  return { stream, ended };
}

/** An error as any client sees it, made comparable. */
export interface SeenError {
  readonly code: number;
  readonly message: string;
  readonly reason: string | undefined;
  /** Type name and base64 of each detail. */
  readonly details: readonly { type: string; value: string }[];
}

/** What a grpc-js client sees. */
export function seenByGrpc(error: grpc.ServiceError | undefined): SeenError {
  if (error === undefined) throw new Error("the call succeeded");
  const encoded = error.metadata.get("grpc-status-details-bin")[0];
  const status = encoded instanceof Buffer ? fromBinary(StatusSchema, encoded) : undefined;
  return {
    code: error.code,
    message: error.details,
    reason: error.metadata.get("qtasks-reason")[0]?.toString(),
    details: (status?.details ?? []).map(({ typeUrl, value }) => ({
      type: typeUrl.replace("type.googleapis.com/", ""),
      value: Buffer.from(value).toString("base64"),
    })),
  };
}
