/** JSON of messages that hold others by google.protobuf.Any. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  AnySchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorSetSchema,
  file_google_protobuf_any,
} from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { SystemService } from "../../../gen/qtasksapi/v1/system_service_pb.ts";
import { WorkerService } from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import { serve } from "./setup.ts";

const NAME = "acme.v1.Tasks/Do";
const ANY = "google.protobuf.Any";
const field = { name: "text", jsonName: "text", number: 1 };
const FILE = {
  name: "acme.proto",
  package: "acme.v1",
  syntax: "proto3",
  dependency: ["google/protobuf/any.proto"],
  messageType: [{ name: "Note", field: [{ ...field, type: Type.STRING, label: Label.OPTIONAL }] }],
  service: [
    { name: "Tasks", method: [{ name: "Do", inputType: `.${ANY}`, outputType: `.${ANY}` }] },
  ],
};
const NOTE = { "@type": "type.googleapis.com/acme.v1.Note", text: "here" };

describe("JSON with an Any", () => {
  it("is the message that it names, in calls, their answers and tasks", async (t) => {
    const { http, tasks } = await serve(t, {});
    const transport = createGrpcTransport({ baseUrl: http });
    const definitions = [{ name: NAME, inputSchema: ANY, outputSchema: ANY }];
    const set = create(FileDescriptorSetSchema, { file: [file_google_protobuf_any.proto, FILE] });
    const fileDescriptorSet = toBinary(FileDescriptorSetSchema, set);
    const system = createClient(SystemService, transport);
    await system.applyTaskDefinitions({ definitions, fileDescriptorSet });
    const workers = createClient(WorkerService, transport);
    const sessionId = "one";
    await workers.registerWorker({ sessionId, workerId: "one", slots: 1, definitions });
    const response = fetch(`${http}/${NAME}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(NOTE),
    });
    const polled = await workers.pollTasks({ sessionId, maxTasks: 1, wait: { seconds: 5n } });
    const [{ leaseToken, spec }] = polled.tasks as [(typeof polled.tasks)[0]];
    const kind = { case: "success" as const, value: { result: spec!.payload! } };
    await workers.reportOutcomes({ sessionId, outcomes: [{ leaseToken, kind }] });
    assert.deepEqual(await (await response).json(), NOTE);
    const { id } = await tasks.enqueue(NAME, NOTE);
    const { body } = (await tasks.get(id)).spec!.payload!;
    assert.ok(body.case === "data");
    assert.equal(fromBinary(AnySchema, body.value).typeUrl, NOTE["@type"]);
  });
});
