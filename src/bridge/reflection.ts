/** Asks a gRPC server what it offers, by its reflection service. */
import { create, fromBinary, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, type FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import { status as Code, type ClientDuplexStream } from "@grpc/grpc-js";
import {
  ServerReflectionRequestSchema,
  ServerReflectionResponseSchema,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
} from "../../gen/grpc/reflection/v1/reflection_pb.ts";
import type { GrpcChannel } from "../client/channel.ts";
import { bufferOf } from "../core/bytes.ts";
import { QTasksError } from "../core/errors.ts";

/** How long the server may take for all answers, in ms. */
const TIMEOUT_MS = 10_000;
// The messages are the same in both.
const VERSIONS = ["grpc.reflection.v1", "grpc.reflection.v1alpha"];

type Question = ServerReflectionRequest["messageRequest"];
type Answer = ServerReflectionResponse["messageResponse"];

/** One reflection call: questions are answered one at a time. */
export class Reflection {
  readonly #call: ClientDuplexStream<ServerReflectionRequest, ServerReflectionResponse>;
  readonly #answers: AsyncIterator<ServerReflectionResponse>;

  constructor(channel: GrpcChannel, version: string) {
    const path = `/${version}.ServerReflection/ServerReflectionInfo`;
    this.#call = channel.client.makeBidiStreamRequest(
      path,
      (request: ServerReflectionRequest) =>
        bufferOf(toBinary(ServerReflectionRequestSchema, request)),
      (bytes: Buffer) => fromBinary(ServerReflectionResponseSchema, bytes),
      channel.metadata(),
      { deadline: Date.now() + TIMEOUT_MS },
    );
    // Whoever asks hears of an error; after the last answer nobody does.
    this.#call.on("error", () => undefined);
    this.#answers = (this.#call as AsyncIterable<ServerReflectionResponse>)[Symbol.asyncIterator]();
  }

  /** Full names of all services. */
  async services(): Promise<string[]> {
    const answer = await this.#ask({ case: "listServices", value: "*" });
    if (answer.case !== "listServicesResponse") throw unexpected("its services", answer);
    return answer.value.service.map(({ name }) => name);
  }

  /** The file of a service or message, and files that it imports, as the server likes. */
  filesOfSymbol(name: string): Promise<FileDescriptorProto[]> {
    return this.#files(name, { case: "fileContainingSymbol", value: name });
  }

  /** The file of a name, and files that it imports, as the server likes. */
  filesOfName(name: string): Promise<FileDescriptorProto[]> {
    return this.#files(name, { case: "fileByFilename", value: name });
  }

  close(): void {
    this.#call.end();
    this.#call.cancel();
  }

  async #files(what: string, question: Question): Promise<FileDescriptorProto[]> {
    const answer = await this.#ask(question);
    if (answer.case !== "fileDescriptorResponse") throw unexpected(what, answer);
    return answer.value.fileDescriptorProto.map((bytes) =>
      fromBinary(FileDescriptorProtoSchema, bytes),
    );
  }

  async #ask(messageRequest: Question): Promise<Answer> {
    const request: MessageInitShape<typeof ServerReflectionRequestSchema> = { messageRequest };
    this.#call.write(create(ServerReflectionRequestSchema, request));
    const step = await this.#answers.next();
    if (step.done === true) throw unexpected("anything", { case: undefined });
    return step.value.messageResponse;
  }
}

/**
 * Runs the body with the server's reflection, v1 or else v1alpha. CONFIG_INVALID where it has neither; what the
 * body throws, and a status of the call, as it is.
 */
export async function withReflection<T>(
  channel: GrpcChannel,
  body: (reflection: Reflection) => Promise<T>,
): Promise<T> {
  for (const version of VERSIONS) {
    const reflection = new Reflection(channel, version);
    try {
      return await body(reflection);
    } catch (error) {
      if ((error as { code?: unknown }).code !== Code.UNIMPLEMENTED) throw error;
    } finally {
      reflection.close();
    }
  }
  throw new QTasksError(
    "CONFIG_INVALID",
    `the server at ${channel.address} has no reflection: give its descriptors as an image`,
  );
}

function unexpected(what: string, answer: Answer): QTasksError {
  const why = answer.case === "errorResponse" ? answer.value.errorMessage : "no such answer";
  return new QTasksError("CONFIG_INVALID", `reflection does not tell of ${what}: ${why}`);
}
