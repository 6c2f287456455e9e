import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { test, type TestContext } from "node:test";
import { promisify } from "node:util";

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";

import {
  ServerReflection,
  ServerReflectionRequestSchema,
  ServerReflectionResponseSchema,
  type ServerReflectionRequest,
} from "../../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionV1Alpha } from "../../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { grpcClient, pathOf, startToy } from "./toy.ts";

const run = promisify(execFile);
const buf = createRequire(import.meta.url).resolve("@bufbuild/buf/bin/buf");
const functions = { getTask: async ({ taskId }: { taskId: string }) => ({ task: { taskId } }) };

/** Asks one question after the other on one stream. */
async function ask(
  t: TestContext,
  address: string,
  questions: ServerReflectionRequest["messageRequest"][],
  method = ServerReflection.method.serverReflectionInfo as { parent: object },
) {
  const same = (bytes: Buffer) => bytes;
  const path = pathOf(method as Parameters<typeof pathOf>[0]);
  const stream = grpcClient(t, address).makeBidiStreamRequest<Buffer, Buffer>(path, same, same);
  for (const messageRequest of questions) {
    const request = create(ServerReflectionRequestSchema, { messageRequest });
    stream.write(Buffer.from(toBinary(ServerReflectionRequestSchema, request)));
  }
  stream.end();
  const answers = [];
  for await (const bytes of stream) {
    answers.push(fromBinary(ServerReflectionResponseSchema, bytes as Buffer).messageResponse);
  }
  return answers;
}

test("services, files, symbols and extensions are found, on both listeners and versions", async (t) => {
  const toy = await startToy(t, functions);
  for (const address of [toy.grpcAddress, toy.httpUrl.replace("http://", "")]) {
    for (const { method } of [ServerReflection, ServerReflectionV1Alpha]) {
      const [services, ...files] = await ask(
        t,
        address,
        [
          { case: "listServices", value: "" },
          { case: "fileByFilename", value: "qtasksapi/v1/task.proto" },
          { case: "fileContainingSymbol", value: "qtasksapi.v1.TaskService" },
          { case: "fileContainingSymbol", value: "qtasksapi.v1.TaskService.GetTask" },
          { case: "fileContainingSymbol", value: "qtasksapi.v1.Task.task_id" },
          { case: "fileContainingSymbol", value: "qtasksapi.v1.TASK_STATE_PENDING" },
          {
            case: "fileContainingExtension",
            value: create(ServerReflectionRequestSchema, {
              messageRequest: {
                case: "fileContainingExtension",
                value: { containingType: "google.protobuf.MethodOptions", extensionNumber: 50821 },
              },
            }).messageRequest.value as never,
          },
          { case: "allExtensionNumbersOfType", value: "google.protobuf.MethodOptions" },
          { case: "fileByFilename", value: "no/such.proto" },
          { case: "fileContainingSymbol", value: "no.such.Thing" },
        ],
        method.serverReflectionInfo,
      );
      assert.ok(services?.case === "listServicesResponse");
      const names = services.value.service.map(({ name }) => name);
      assert.ok(names.includes("qtasksapi.v1.TaskService"));
      assert.deepEqual(
        files.map((file) => file.case),
        [
          ...Array.from({ length: 6 }, () => "fileDescriptorResponse"),
          "allExtensionNumbersResponse",
          "errorResponse",
          "errorResponse",
        ],
      );
    }
  }
});

test("a file comes with its imports, which are not sent twice on one stream", async (t) => {
  const toy = await startToy(t, functions);
  const [task, again] = await ask(t, toy.grpcAddress, [
    { case: "fileByFilename", value: "qtasksapi/v1/task.proto" },
    { case: "fileByFilename", value: "qtasksapi/v1/task_service.proto" },
  ]);
  const namesOf = (answer: typeof task) => {
    assert.ok(answer?.case === "fileDescriptorResponse");
    const { fileDescriptorProto } = answer.value;
    return fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name);
  };
  assert.equal(namesOf(task)[0], "qtasksapi/v1/task.proto");
  assert.ok(namesOf(task).includes("google/protobuf/duration.proto"));
  assert.deepEqual(namesOf(again), ["qtasksapi/v1/task_service.proto"]);
});

test("buf curl calls by reflection, by every protocol", async (t) => {
  const toy = await startToy(t, functions);
  const path = "/qtasksapi.v1.TaskService/GetTask";
  const calls = [
    ["--protocol", "grpc", `http://${toy.grpcAddress}${path}`],
    [
      "--protocol",
      "grpc",
      "--reflect-protocol",
      "grpc-v1alpha",
      `http://${toy.grpcAddress}${path}`,
    ],
    ["--protocol", "grpc", `${toy.httpUrl}${path}`],
    ["--protocol", "grpcweb", `${toy.httpUrl}${path}`],
    ["--protocol", "connect", `${toy.httpUrl}${path}`],
  ];
  for (const args of calls) {
    const request = ["--http2-prior-knowledge", "--data", '{"taskId": "a"}'];
    const { stdout } = await run(process.execPath, [buf, "curl", ...request, ...args]);
    assert.deepEqual(JSON.parse(stdout), { task: { taskId: "a" } }, args.join(" "));
  }
});
