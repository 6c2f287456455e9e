/** Connect clients over each protocol that the HTTP port speaks. */
import { ConnectError, createClient, type Client } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";

import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type { SeenError } from "./toy.ts";

export type TaskClient = Client<typeof TaskService>;

/** One client for each protocol, encoding and version of HTTP. */
export function httpClients(baseUrl: string): Record<string, TaskClient> {
  const clientOf = (transport: ReturnType<typeof createConnectTransport>) =>
    createClient(TaskService, transport);
  return {
    "connect json, http/1.1": clientOf(
      createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: false }),
    ),
    "connect binary, http/1.1": clientOf(
      createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: true }),
    ),
    "connect json, http/2": clientOf(createConnectTransport({ baseUrl, httpVersion: "2" })),
    "connect get, http/1.1": clientOf(
      createConnectTransport({ baseUrl, httpVersion: "1.1", useHttpGet: true }),
    ),
    "grpc, http/2": clientOf(createGrpcTransport({ baseUrl })),
    "grpc-web, http/1.1": clientOf(createGrpcWebTransport({ baseUrl, httpVersion: "1.1" })),
  };
}

/** What a Connect client sees. */
export function seenByConnect(thrown: unknown): SeenError {
  if (!(thrown instanceof ConnectError)) throw thrown;
  return {
    code: thrown.code,
    message: thrown.rawMessage,
    reason: thrown.metadata.get("qtasks-reason") ?? undefined,
    details: thrown.details.map((detail) => {
      if ("desc" in detail) throw new Error("an error from the wire has encoded details");
      return { type: detail.type, value: Buffer.from(detail.value).toString("base64") };
    }),
  };
}

/** The error that a call ends with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (thrown) {
    return thrown;
  }
  throw new Error("the call succeeded");
}

/** All that a stream sends. */
export async function allOf<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of stream) all.push(each);
  return all;
}
