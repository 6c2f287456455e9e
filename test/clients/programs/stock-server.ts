/** Plain functions as the implementation of a service in grpc-js, as generated code would have it. */
import { create, fromBinary, toBinary, type DescService, type Message } from "@bufbuild/protobuf";
import type * as grpc from "@grpc/grpc-js";

type UnaryCall = grpc.ServerUnaryCall<Buffer, Buffer>;
export type Unary<Request> = (request: Request, call: UnaryCall) => Promise<object>;
export type Streaming<Request> = (request: Request) => AsyncIterable<object>;

/** Adds the service; a method without a function answers UNIMPLEMENTED, as grpc-js has it. */
export function addService(
  server: grpc.Server,
  service: DescService,
  functions: Readonly<Record<string, Unary<never> | Streaming<never>>>,
): void {
  const same = (bytes: Buffer) => bytes;
  for (const method of service.methods) {
    const fn = functions[method.localName];
    if (fn === undefined) continue;
    const path = `/${service.typeName}/${method.name}`;
    const decode = (bytes: Buffer) => fromBinary(method.input, bytes) as Message as never;
    const encode = (answer: object) =>
      Buffer.from(toBinary(method.output, create(method.output, answer as never)));
    if (method.methodKind === "unary") {
      const handler: grpc.handleUnaryCall<Buffer, Buffer> = (call, callback) => {
        (fn as Unary<never>)(decode(call.request), call).then(
          (answer) => callback(null, encode(answer)),
          (error: unknown) => callback(error as grpc.ServiceError),
        );
      };
      server.register(path, handler, same, same, "unary");
    } else {
      const handler: grpc.handleServerStreamingCall<Buffer, Buffer> = (call) => {
        void (async () => {
          for await (const answer of (fn as Streaming<never>)(decode(call.request)))
            call.write(encode(answer));
          call.end();
        })();
      };
      server.register(path, handler, same, same, "serverStream");
    }
  }
}
