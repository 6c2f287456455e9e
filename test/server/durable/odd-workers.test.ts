/** Workers whose descriptors or answers are not what their definitions say. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { SystemService } from "../../../gen/qtasksapi/v1/system_service_pb.ts";
import { WorkerService } from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import { QTasksError } from "../../../src/core/errors.ts";
import { failureOf } from "../callers.ts";
import { serve } from "./setup.ts";

const NAME = "acme.v1.Tasks/Do";
const numbers = {
  name: "numbers",
  jsonName: "numbers",
  number: 1,
  type: Type.DOUBLE,
  label: Label.REPEATED,
};
const FILE = {
  name: "acme.proto",
  package: "acme.v1",
  syntax: "proto3",
  messageType: [{ name: "Request", field: [numbers] }, { name: "Answer" }],
  service: [
    {
      name: "Tasks",
      method: [{ name: "Do", inputType: ".acme.v1.Request", outputType: ".acme.v1.Answer" }],
    },
  ],
};

/** A server that has these descriptors, and a definition with these messages. */
async function serveOdd(t: TestContext, types: { inputSchema: string; outputSchema: string }) {
  const scene = await serve(t, {});
  const transport = createGrpcTransport({ baseUrl: scene.http });
  const system = createClient(SystemService, transport);
  const definitions = [{ name: NAME, ...types }];
  const set = create(FileDescriptorSetSchema, { file: [FILE] });
  const fileDescriptorSet = toBinary(FileDescriptorSetSchema, set);
  await system.applyTaskDefinitions({ definitions, fileDescriptorSet });
  const workers = createClient(WorkerService, transport);
  const sessionId = "odd";
  await workers.registerWorker({ sessionId, workerId: "odd", slots: 1, definitions });
  const post = () =>
    fetch(`${scene.http}/${NAME}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
  return { ...scene, system, workers, sessionId, post };
}

const TYPES = { inputSchema: "acme.v1.Request", outputSchema: "acme.v1.Answer" };

describe("odd workers", () => {
  it("whose descriptors are of other messages have no JSON, and are listed", async (t) => {
    const types = { ...TYPES, inputSchema: "acme.v1.Other" };
    const { system, post, tasks } = await serveOdd(t, types);
    const response = await post();
    assert.equal(response.headers.get("qtasks-reason"), "DEFINITION_CONFLICT");
    assert.match(await response.text(), /acme\.v1\.Tasks\/Do names other messages/);
    const { definitions } = await system.listTaskDefinitions({});
    assert.match(definitions[0]!.conflicts.join(), /names other messages than its definition/);
    const { id } = await tasks.enqueue(NAME, { numbers: [1] });
    assert.equal((await tasks.get(id)).spec!.payload!.schema, "");
  });

  it("whose answer is not the message are named, not the server's own fault", async (t) => {
    const { workers, sessionId, post } = await serveOdd(t, TYPES);
    const response = post();
    const { tasks } = await workers.pollTasks({ sessionId, maxTasks: 1, wait: { seconds: 5n } });
    const body = { case: "data" as const, value: Uint8Array.of(0xff) };
    const result = { body, schema: TYPES.outputSchema, contentType: "application/protobuf" };
    const kind = { case: "success" as const, value: { result } };
    const { leaseToken } = tasks[0]!;
    await workers.reportOutcomes({ sessionId, outcomes: [{ leaseToken, kind }] });
    assert.equal((await response).headers.get("qtasks-reason"), "RESULT_MISMATCH");
    assert.match(await (await response).text(), /answer to acme\.v1\.Tasks\/Do is not a/);
  });

  it("get no message that is over the limit, also where its JSON is not", async (t) => {
    const { tasks } = await serveOdd(t, TYPES);
    const input = { numbers: Array.from({ length: 200_000 }, () => 0) };
    const error = QTasksError.from(await failureOf(tasks.enqueue(NAME, input)));
    assert.equal(error.reason, "PAYLOAD_TOO_LARGE");
  });
});
