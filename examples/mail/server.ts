/**
 * A gRPC server as you may have one: it serves MailTasks and knows nothing of tasks. `node examples/mail/server.ts`, then
 * `qtasks bridge --target 127.0.0.1:9090 --image mail.binpb` has it execute them.
 */
import { randomUUID } from "node:crypto";
import { create, fromBinary, toBinary, type DescMessage, type Message } from "@bufbuild/protobuf";
import {
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import {
  MailTasks,
  SendEmailResponseSchema,
  SendNewsletterResponseSchema,
  type SendEmailRequest,
  type SendEmailResponse,
  type SendNewsletterRequest,
  type SendNewsletterResponse,
} from "./gen/acme/mail/v1/mail_pb.ts";

const implementation = {
  SendEmail(
    { request: { to }, metadata }: ServerUnaryCall<SendEmailRequest, SendEmailResponse>,
    answer: sendUnaryData<SendEmailResponse>,
  ): void {
    if (!to.includes("@"))
      return answer({ code: status.INVALID_ARGUMENT, details: `no address: ${to}` });
    const attempt = metadata.get("qtasks-attempt").join();
    console.log(
      `${to}: sent, in attempt ${attempt} of task ${metadata.get("qtasks-task-id").join()}`,
    );
    answer(null, create(SendEmailResponseSchema, { messageId: randomUUID() }));
  },

  SendNewsletter(call: ServerWritableStream<SendNewsletterRequest, SendNewsletterResponse>): void {
    for (const to of call.request.to)
      call.write(create(SendNewsletterResponseSchema, { to, messageId: randomUUID() }));
    call.end();
  },
};

const server = new Server();
server.addService(definition(), implementation);
server.bindAsync(
  process.argv[2] ?? "127.0.0.1:9090",
  ServerCredentials.createInsecure(),
  (error, port) => {
    if (error !== null) throw error;
    console.log(`MailTasks on port ${port}`);
  },
);
process.once("SIGTERM", () => server.tryShutdown(() => undefined));

/** What the generators for grpc-js write down of a service. */
function definition(): ServiceDefinition {
  const methods = MailTasks.methods.map(({ name, input, output, methodKind }) => ({
    name,
    path: `/${MailTasks.typeName}/${name}`,
    requestStream: false,
    responseStream: methodKind === "server_streaming",
    ...codec("request", input),
    ...codec("response", output),
  }));
  return Object.fromEntries(
    methods.map((method) => [method.name, method]),
  ) as unknown as ServiceDefinition;
}

function codec(side: "request" | "response", desc: DescMessage) {
  return {
    [`${side}Serialize`]: (message: Message) => Buffer.from(toBinary(desc, message)),
    [`${side}Deserialize`]: (bytes: Buffer) => fromBinary(desc, bytes),
  };
}
