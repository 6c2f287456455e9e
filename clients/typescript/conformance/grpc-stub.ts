/** The stock stub of grpc-js, made of the proto file as its documentation shows. */
import { fromBinary } from "@bufbuild/protobuf";
import {
  credentials,
  loadPackageDefinition,
  Metadata,
  type ClientOptions,
  type ClientReadableStream,
  type ClientUnaryCall,
  type ServiceClientConstructor,
  type ServiceError,
  type StatusObject,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { StatusSchema } from "../../../gen/google/rpc/status_pb.ts";
import { durableOptions } from "../node/index.ts";
import { reasonIn, type Failed, type Stub, type Told } from "./stub.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;
const PROTO = "conformance/v1/conformance.proto";
const FOLDERS = [`${ROOT}clients/conformance/proto`, `${ROOT}proto`];

type Callback = (error: ServiceError | null, response?: object) => void;
type Unary = (request: object, metadata: Metadata, callback: Callback) => ClientUnaryCall;

/** What a unary call gave. */
interface Answer extends Told {
  readonly error: ServiceError | undefined;
  readonly response: Readonly<Record<string, unknown>>;
}

interface Client {
  readonly echo: Unary;
  readonly fail: Unary;
  readonly wait: Unary;
  readonly count: (request: object) => ClientReadableStream<{ readonly value: number }>;
  close(): void;
}

/** A stub over a channel with nothing of ours. */
export function grpcStub(address: string): Stub & Disposable {
  const client = newClient(address, {});
  return {
    [Symbol.dispose]: () => client.close(),
    echo: async (text) => {
      const metadata = new Metadata();
      metadata.set("x-conformance", "yes");
      const { response, taskId, state } = succeeded(await call(client, "echo", { text }, metadata));
      return { ...(response as { text: string; metadata: Record<string, string> }), taskId, state };
    },
    count: async (count) => {
      const values: number[] = [];
      for await (const { value } of client.count({ count })) values.push(value as number);
      return values;
    },
    fail: async (request) => failedOf(await call(client, "fail", request)),
  };
}

/** Calls Wait so that it survives its connection and the server. */
export async function waitDurably(address: string, delayMs: number) {
  const client = newClient(address, durableOptions());
  try {
    const { response, taskId } = succeeded(await call(client, "wait", { delayMs }));
    return { task_id: taskId, attempt: response["attempt"], pid: response["pid"] };
  } finally {
    client.close();
  }
}

function newClient(address: string, options: ClientOptions): Client {
  const loaded = loadSync(PROTO, { includeDirs: FOLDERS, defaults: true });
  const { conformance } = loadPackageDefinition(loaded) as unknown as {
    conformance: { v1: { ConformanceTasks: ServiceClientConstructor } };
  };
  const { ConformanceTasks } = conformance.v1;
  const insecure = credentials.createInsecure();
  return new ConformanceTasks(address, insecure, options) as unknown as Client;
}

function call(
  client: Client,
  method: "echo" | "fail" | "wait",
  request: object,
  metadata = new Metadata(),
): Promise<Answer> {
  return new Promise((resolve) => {
    const sent: Metadata[] = [];
    let outcome: Pick<Answer, "error" | "response"> | undefined;
    const running = client[method](request, metadata, (error, response) => {
      outcome = { error: error ?? undefined, response: { ...response } };
    });
    running.on("metadata", (headers: Metadata) => sent.push(headers));
    // Follows the answer.
    running.on("status", ({ metadata: trailers }: StatusObject) => {
      sent.push(trailers);
      resolve({ ...outcome!, ...told(sent) });
    });
  });
}

function told(sent: readonly Metadata[]): Told {
  const last = (key: string) =>
    sent
      .map((each) => each.get(key)[0])
      .findLast(Boolean)
      ?.toString();
  return { taskId: last("qtasks-task-id"), state: last("qtasks-task-state") };
}

function succeeded(answer: Answer): Answer {
  if (answer.error !== undefined) throw answer.error;
  return answer;
}

function failedOf({ error, taskId, state }: Answer): Failed {
  if (error === undefined) throw new Error("the call succeeded");
  const bytes = error.metadata.get("grpc-status-details-bin")[0];
  const details = bytes instanceof Uint8Array ? fromBinary(StatusSchema, bytes).details : [];
  const reasons = details.map(({ typeUrl, value }) => reasonIn(typeUrl.split("/").at(-1)!, value));
  const reason = reasons.find((found) => found !== undefined);
  return { code: error.code, message: error.details, reason, taskId, state };
}
