/** A gRPC server as any: it serves ConformanceTasks, and knows nothing of tasks. */
import {
  create,
  fromBinary,
  toBinary,
  type DescFile,
  type DescMessage,
  type DescMethod,
  type DescService,
  type Message,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import { anyPack, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import {
  Metadata,
  Server,
  ServerCredentials,
  status as Code,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type UntypedServiceImplementation,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb.ts";
import { StatusSchema } from "../../gen/google/rpc/status_pb.ts";
import {
  Health,
  HealthCheckResponse_ServingStatus as Status,
  type HealthCheckRequest,
} from "../../gen/grpc/health/v1/health_pb.ts";
import {
  ServerReflection,
  type ServerReflectionRequest,
} from "../../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionAlpha } from "../../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { withImports } from "../../src/worker/schema.ts";
import {
  ConformanceTasks,
  type CountRequest,
  type EchoRequest,
  type FailRequest,
  type WaitRequest,
} from "../gen/conformance/v1/conformance_pb.ts";

type Unary<Request> = ServerUnaryCall<Request, object>;
type Streaming<Request> = ServerWritableStream<Request, object>;

export interface TargetOptions {
  /** @default any */
  readonly port?: number;
  /** @default v1 */
  readonly reflection?: "v1" | "v1alpha" | "none";
  /** The status of the server as a whole at first; unset: it has no health service. */
  readonly health?: Status;
}

export interface TestTarget {
  readonly address: string;
  /** Calls of handlers that have begun, as `Echo`. */
  readonly calls: string[];
  /** Calls whose client went away. */
  readonly canceled: string[];
  /** Messages of Count that were written and not refused by a full buffer. */
  readonly written: () => number;
  setHealth(status: Status): void;
  /** Ends it and all its connections at once. */
  stop(): void;
}

export async function startTarget(options: TargetOptions = {}): Promise<TestTarget> {
  const { port = 0, reflection = "v1", health } = options;
  const server = new Server();
  const facts = { calls: [] as string[], canceled: [] as string[], written: 0 };
  server.addService(definitionOf(ConformanceTasks), tasks(facts));
  if (reflection !== "none") {
    const service = reflection === "v1" ? ServerReflection : ServerReflectionAlpha;
    server.addService(definitionOf(service), { ServerReflectionInfo: reflect });
  }
  const watchers = new Set<Streaming<HealthCheckRequest>>();
  let status = health ?? Status.SERVING;
  if (health !== undefined)
    server.addService(definitionOf(Health), {
      Watch: (call: Streaming<HealthCheckRequest>) => {
        watchers.add(call);
        call.on("cancelled", () => watchers.delete(call));
        // It knows itself as a whole and no service by name.
        call.write({ status: call.request.service === "" ? status : Status.SERVICE_UNKNOWN });
      },
    });
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, found) =>
      error === null ? resolve(found) : reject(error),
    ),
  );
  return {
    address: `127.0.0.1:${bound}`,
    calls: facts.calls,
    canceled: facts.canceled,
    written: () => facts.written,
    setHealth(next) {
      status = next;
      for (const call of watchers) if (call.request.service === "") call.write({ status });
    },
    stop: () => server.forceShutdown(),
  };
}

function tasks(facts: {
  calls: string[];
  canceled: string[];
  written: number;
}): UntypedServiceImplementation {
  return {
    Echo(call: Unary<EchoRequest>, answer: sendUnaryData<object>) {
      facts.calls.push("Echo");
      const metadata = Object.entries(call.metadata.getMap())
        .filter(([key]) => /^(qtasks-|x-conformance)/.test(key))
        .map(([key, value]) => [key, Buffer.isBuffer(value) ? value.toString("hex") : value]);
      const hasDeadline = Number.isFinite(Number(call.getDeadline()));
      answer(null, {
        text: call.request.text,
        metadata: Object.fromEntries(metadata) as Record<string, string>,
        hasDeadline,
      });
    },
    async Count(call: Streaming<CountRequest>) {
      facts.calls.push("Count");
      const { count, delayMs } = call.request;
      for (let value = 0; value < count && !call.cancelled; value++) {
        if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
        facts.written++;
        if (!call.write({ value })) await new Promise((resolve) => call.once("drain", resolve));
      }
      call.end();
    },
    Fail(call: Unary<FailRequest>, answer: sendUnaryData<object>) {
      facts.calls.push("Fail");
      const { code, message, reason } = call.request;
      const metadata = new Metadata();
      if (reason !== "") metadata.set("grpc-status-details-bin", statusOf(call.request));
      answer({ code: code as Code, details: message, metadata });
    },
    Wait(call: Unary<WaitRequest>, answer: sendUnaryData<object>) {
      facts.calls.push("Wait");
      const attempt = Number(call.metadata.get("qtasks-attempt")[0]);
      const { delayMs } = call.request;
      let answered = false;
      const timer = setTimeout(() => {
        answered = true;
        answer(null, { attempt, pid: process.pid });
      }, delayMs);
      call.on("cancelled", () => {
        clearTimeout(timer);
        if (!answered) facts.canceled.push("Wait");
      });
    },
  };
}

function statusOf({ code, message, reason }: FailRequest): Buffer {
  const info = create(ErrorInfoSchema, { reason, domain: "conformance" });
  const details = [anyPack(ErrorInfoSchema, info)];
  return Buffer.from(toBinary(StatusSchema, create(StatusSchema, { code, message, details })));
}

/** Answers with one file at a time: the imports are for the client to ask for. */
function reflect(call: ServerDuplexStream<ServerReflectionRequest, object>): void {
  const files = new Map(
    withImports([ConformanceTasks.file]).map((file) => [file.proto.name, file]),
  );
  call.on("data", ({ messageRequest: { case: question, value } }: ServerReflectionRequest) => {
    const names = [ConformanceTasks.typeName, "grpc.health.v1.Health"];
    if (question === "listServices") {
      const service = names.map((name) => ({ name }));
      call.write({ messageResponse: { case: "listServicesResponse", value: { service } } });
    } else if (question === "fileContainingSymbol" && value === ConformanceTasks.typeName)
      call.write(fileAnswer(ConformanceTasks.file));
    else if (question === "fileByFilename" && files.has(value))
      call.write(fileAnswer(files.get(value)!));
    else {
      const error = { errorCode: Code.NOT_FOUND, errorMessage: "not found" };
      call.write({ messageResponse: { case: "errorResponse", value: error } });
    }
  });
  call.on("end", () => call.end());
}

function fileAnswer(file: DescFile) {
  const bytes = toBinary(FileDescriptorProtoSchema, file.proto);
  const value = { fileDescriptorProto: [bytes] };
  return { messageResponse: { case: "fileDescriptorResponse", value } };
}

/** What grpc-js wants to know of a service. */
function definitionOf(service: DescService): ServiceDefinition {
  return Object.fromEntries(service.methods.map((method) => [method.name, methodOf(method)]));
}

function methodOf(method: DescMethod) {
  const { methodKind, name, parent, input, output } = method;
  return {
    path: `/${parent.typeName}/${name}`,
    requestStream: methodKind === "client_streaming" || methodKind === "bidi_streaming",
    responseStream: methodKind === "server_streaming" || methodKind === "bidi_streaming",
    requestSerialize: encoder(input),
    requestDeserialize: (bytes: Buffer): Message => fromBinary(input, bytes),
    responseSerialize: encoder(output),
    responseDeserialize: (bytes: Buffer): Message => fromBinary(output, bytes),
  };
}

function encoder(desc: DescMessage) {
  return (value: MessageInitShape<DescMessage>) => Buffer.from(toBinary(desc, create(desc, value)));
}
