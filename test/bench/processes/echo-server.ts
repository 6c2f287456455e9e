/** The limit for EnqueueTask: a bare grpc-js server that answers with the same messages, and does nothing else. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  Server,
  ServerCredentials,
  type handleUnaryCall,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import { TaskOptionsSchema, TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import {
  EnqueueTaskRequestSchema,
  EnqueueTaskResponseSchema,
  type EnqueueTaskResponse,
} from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { uuidv7 } from "../../../src/core/ids.ts";
import { serveCallsOnly } from "./serve-calls.ts";
import { TASK } from "./work-items.ts";

const PATH = "/qtasksapi.v1.TaskService/EnqueueTask";

/** What the echo makes of a message: nothing, or what a service makes that uses protobuf-es as it comes. */
export type EchoKind = "raw" | "protobuf";

const functions = {
  /** Resolves with the port that it listens on. */
  listen({ kind }: { kind: EchoKind }): Promise<number> {
    const server = new Server();
    const echo = kind === "raw" ? rawEcho() : protobufEcho;
    const handler: handleUnaryCall<Buffer, Buffer> = ({ request }, callback) =>
      callback(null, echo(request));
    server.addService(DEFINITION, { enqueueTask: handler });
    return new Promise((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
  },
};

/** What the benchmark can ask the echo's process. */
export type EchoServer = typeof functions;

const OPTIONS = create(TaskOptionsSchema, {
  queue: "default",
  priority: 0,
  retryPolicy: {
    maxAttempts: 3,
    initialBackoff: { seconds: 1n },
    maxBackoff: { seconds: 300n },
    backoffMultiplier: 2,
    jitter: 0.2,
    maxLostLeases: 5,
  },
  retention: { seconds: 86_400n },
});

const same = (bytes: Buffer): Buffer => bytes;

const DEFINITION: ServiceDefinition = {
  enqueueTask: {
    path: PATH,
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  },
};

serveCallsOnly(functions);

/** The same bytes for each request. */
function rawEcho(): (bytes: Buffer) => Buffer {
  const response = Buffer.from(toBinary(EnqueueTaskResponseSchema, responseTo(uuidv7(), TASK)));
  return () => response;
}

function protobufEcho(bytes: Buffer): Buffer {
  const { taskId, spec } = fromBinary(EnqueueTaskRequestSchema, bytes);
  return Buffer.from(toBinary(EnqueueTaskResponseSchema, responseTo(taskId, spec?.name ?? "")));
}

/** As long as the answer of a QTasks server, with its defaults: a test compares the two. */
function responseTo(taskId: string, name: string): EnqueueTaskResponse {
  const now = timestampFromMs(Date.now());
  const spec = { name, options: OPTIONS };
  const times = { createTime: now, scheduleTime: now, updateTime: now };
  const task = { taskId, spec, state: TaskState.PENDING, revision: 1n, ...times };
  return create(EnqueueTaskResponseSchema, { task, created: true });
}
