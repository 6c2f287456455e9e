/** A server with an app's worker, and stock callers of the services that it runs. */
import type { TestContext } from "node:test";
import {
  create,
  fromBinary,
  toBinary,
  type DescMethod,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import * as grpc from "@grpc/grpc-js";
import { pino } from "pino";
import { StatusSchema, type Status } from "../../../gen/google/rpc/status_pb.ts";
import { ConformanceTasks } from "../../gen/conformance/v1/conformance_pb.ts";
import { QueueTasks } from "../../../src/app.ts";
import type { QueueTasksOptions } from "../../../src/app/options.ts";
import type { TaskClient } from "../../../src/client/client.ts";
import type { ServiceHandlers } from "../../../src/routers/service-handlers.ts";
import { grpcClient } from "../toy.ts";

export type Handlers = ServiceHandlers<typeof ConformanceTasks>;

export interface Scene {
  readonly app: QueueTasks;
  readonly tasks: TaskClient;
  readonly grpc: grpc.Client;
  /** `http://HOST:PORT` */
  readonly http: string;
}

/** Serves the conformance service with these handlers; it is stopped when the test ends. */
export async function serve(
  t: TestContext,
  handlers: Handlers,
  options: QueueTasksOptions = {},
): Promise<Scene> {
  const app = new QueueTasks({
    url: "memory:",
    grpc: "127.0.0.1:0",
    http: "127.0.0.1:0",
    logger: pino({ level: "silent" }),
    graceMs: 200,
    ...options,
  });
  app.service(ConformanceTasks, handlers);
  await app.start({ server: true });
  t.after(() => app.stop());
  return {
    app,
    tasks: await app.client(),
    grpc: grpcClient(t, app.grpcAddress!),
    http: `http://${app.httpAddress}`,
  };
}

export interface CallInit {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** What a stock stub saw of a call. */
export interface Seen<T> {
  readonly messages: T[];
  /** Undefined where the answer was trailers only. */
  readonly headers: grpc.Metadata | undefined;
  readonly code: grpc.status;
  readonly message: string;
  readonly trailers: Readonly<Record<string, string>>;
  readonly status: Status | undefined;
}

/** A call under way. */
export interface Calling<T> {
  readonly call: grpc.ClientReadableStream<Buffer>;
  readonly headers: Promise<grpc.Metadata>;
  readonly seen: Promise<Seen<T>>;
}

/** Calls a method as a generated stub does; one that answers once is a stream of one message on the wire. */
export function calling<M extends DescMethod>(
  client: grpc.Client,
  method: M,
  request: MessageInitShape<M["input"]>,
  { metadata = {}, timeoutMs }: CallInit = {},
): Calling<MessageShape<M["output"]>> {
  const sent = new grpc.Metadata();
  for (const [key, value] of Object.entries(metadata)) sent.set(key, value);
  const bytes = Buffer.from(toBinary(method.input, create(method.input, request)));
  const path = `/${method.parent.typeName}/${method.name}`;
  const options = timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
  const same = (message: Buffer) => message;
  const call = client.makeServerStreamRequest<Buffer, Buffer>(
    path,
    same,
    same,
    bytes,
    sent,
    options,
  );
  const headers = Promise.withResolvers<grpc.Metadata>();
  const seen = Promise.withResolvers<Seen<MessageShape<M["output"]>>>();
  const messages: MessageShape<M["output"]>[] = [];
  let answered: grpc.Metadata | undefined;
  call.on("metadata", (got: grpc.Metadata) => headers.resolve((answered = got)));
  call.on("data", (data: Buffer) => messages.push(fromBinary(method.output, data) as never));
  call.on("error", () => undefined);
  call.on("status", ({ code, details, metadata: trailers }: grpc.StatusObject) => {
    const [encoded] = trailers.get("grpc-status-details-bin");
    const status = encoded === undefined ? undefined : fromBinary(StatusSchema, encoded as Buffer);
    const shown = Object.entries(trailers.getMap()).map(([key, value]) => [key, String(value)]);
    seen.resolve({
      messages,
      headers: answered,
      code,
      message: details,
      trailers: Object.fromEntries(shown) as Record<string, string>,
      status,
    });
  });
  return { call, headers: headers.promise, seen: seen.promise };
}

/** As {@link calling}, to its end. */
export function callTo<M extends DescMethod>(
  client: grpc.Client,
  method: M,
  request: MessageInitShape<M["input"]>,
  init: CallInit = {},
): Promise<Seen<MessageShape<M["output"]>>> {
  return calling(client, method, request, init).seen;
}

/** Opened by the test, waited for by a handler. */
export function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}
