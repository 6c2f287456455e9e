/** What a server tells of the users' services: reflection, health, schema images, JSON for typed tasks. */
import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { describe, it, type TestContext } from "node:test";
import {
  create,
  createFileRegistry,
  fromBinary,
  toBinary,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorSetSchema,
  type FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import {
  Health,
  HealthCheckResponse_ServingStatus as Status,
} from "../../../gen/grpc/health/v1/health_pb.ts";
import { ServerReflection } from "../../../gen/grpc/reflection/v1/reflection_pb.ts";
import { SystemService } from "../../../gen/qtasksapi/v1/system_service_pb.ts";
import { WorkerService } from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import { ConformanceTasks, EchoResponseSchema } from "../../gen/conformance/v1/conformance_pb.ts";
import { QTasksError } from "../../../src/core/errors.ts";
import { failureOf } from "../callers.ts";
import { serve, type Scene } from "./setup.ts";

type FileInit = MessageInitShape<typeof FileDescriptorProtoSchema>;

/** A team's files: a service in a package of its own, and a `common.proto` with one field of this name. */
function teamFiles(team: string, field: string, commonPackage = `${team}.common`): FileInit[] {
  const string = { number: 1, type: Type.STRING, label: Label.OPTIONAL };
  const note = {
    number: 1,
    name: "note",
    type: Type.MESSAGE,
    label: Label.OPTIONAL,
    typeName: `.${commonPackage}.Note`,
  };
  return [
    {
      name: "common.proto",
      package: commonPackage,
      syntax: "proto3",
      messageType: [{ name: "Note", field: [{ ...string, name: field, jsonName: field }] }],
    },
    {
      name: `${team}.proto`,
      package: team,
      syntax: "proto3",
      dependency: ["common.proto"],
      messageType: [{ name: "Request", field: [note] }],
      service: [
        {
          name: "Tasks",
          method: [
            { name: "Do", inputType: `.${team}.Request`, outputType: `.${commonPackage}.Note` },
          ],
        },
      ],
    },
  ];
}

/** Registers a worker as one in any language does, and sends its descriptors when they are wanted. */
async function register(
  { app, http }: Scene,
  team: string,
  files: FileInit[],
  commonPackage = `${team}.common`,
) {
  const transport = createGrpcTransport({ baseUrl: http });
  const fileDescriptorSet = toBinary(
    FileDescriptorSetSchema,
    create(FileDescriptorSetSchema, { file: files }),
  );
  const definitions = [
    {
      name: `${team}.Tasks/Do`,
      inputSchema: `${team}.Request`,
      outputSchema: `${commonPackage}.Note`,
    },
  ];
  const schemaDigest = createHash("sha256").update(fileDescriptorSet).digest();
  const { schemaWanted } = await createClient(WorkerService, transport).registerWorker({
    sessionId: randomUUID(),
    workerId: "tester",
    slots: 1,
    definitions,
    schemaDigest,
  });
  const system = createClient(SystemService, transport);
  if (schemaWanted) await system.applyTaskDefinitions({ definitions, fileDescriptorSet });
  assert.ok(app.grpcAddress);
  return { schemaWanted, system };
}

async function imageOf({ http }: Scene, path = "/schema.binpb") {
  const bytes = new Uint8Array(await (await fetch(http + path)).arrayBuffer());
  const image = fromBinary(FileDescriptorSetSchema, bytes);
  const symbols = image.file.flatMap((file) => [
    ...file.messageType.map(({ name }) => `${file.package}.${name}`),
    ...file.service.map(({ name }) => `${file.package}.${name}`),
  ]);
  assert.equal(new Set(symbols).size, symbols.length, "no symbol twice");
  assert.equal(
    new Set(image.file.map(({ name }) => name)).size,
    image.file.length,
    "no file twice",
  );
  return createFileRegistry(image);
}

const scene = (t: TestContext) => serve(t, { echo: ({ text }) => ({ text }) });

describe("the users' services", () => {
  it("are in reflection, health and the schema image", async (t) => {
    const served = await scene(t);
    const name = ConformanceTasks.typeName;
    const transport = createGrpcTransport({ baseUrl: served.http });
    const health = createClient(Health, transport);
    assert.equal((await health.check({ service: name })).status, Status.SERVING);
    async function* asked() {
      yield { messageRequest: { case: "listServices" as const, value: "*" } };
      yield { messageRequest: { case: "fileContainingSymbol" as const, value: `${name}.Echo` } };
    }
    const answers = [];
    for await (const { messageResponse } of createClient(
      ServerReflection,
      transport,
    ).serverReflectionInfo(asked()))
      answers.push(messageResponse);
    const [listed, file] = answers;
    assert.ok(listed?.case === "listServicesResponse");
    assert.ok(listed.value.service.some((service) => service.name === name));
    assert.equal(file?.case, "fileDescriptorResponse");
    const image = await imageOf(served);
    assert.equal(
      image.getService(name)?.method["echo"]?.output.typeName,
      EchoResponseSchema.typeName,
    );
    assert.ok((await imageOf(served, `/schema/${name}.binpb`)).getService(name));
  });

  it("are named to nobody without the token", async (t) => {
    const served = await serve(t, { echo: ({ text }) => ({ text }) }, { token: "s3cret" });
    const namesFor = async (headers: Record<string, string>) =>
      (await fetch(`${served.http}/nothing`, { headers })).text();
    assert.match(await namesFor({ authorization: "Bearer s3cret" }), /ConformanceTasks/);
    const shown = await namesFor({});
    assert.doesNotMatch(shown, /ConformanceTasks/);
    assert.match(shown, /qtasksapi\.v1\.TaskService/);
  });

  it("of two teams with a common.proto each stand side by side", async (t) => {
    const served = await scene(t);
    await register(served, "red", teamFiles("red", "color"));
    await register(served, "blue", teamFiles("blue", "shade"));
    const image = await imageOf(served);
    const fieldOf = (team: string) =>
      image.getService(`${team}.Tasks`)!.method["do"]!.output.fields[0]!.name;
    assert.equal(fieldOf("red"), "color");
    assert.equal(fieldOf("blue"), "shade");
  });

  it("that share a file share it, wherever each of them has it", async (t) => {
    const served = await scene(t);
    const shared = "org.common";
    const moved = teamFiles("blue", "text", shared).map((file) => ({
      ...file,
      name: `protos/${file.name}`,
      dependency: file.dependency?.map((name) => `protos/${name}`) ?? [],
    }));
    await register(served, "red", teamFiles("red", "text", shared), shared);
    await register(served, "blue", moved, shared);
    const image = await imageOf(served);
    assert.ok(image.getService("red.Tasks"));
    assert.ok(image.getService("blue.Tasks"));
  });

  it("that declare one name each in its own way are listed as a conflict, and have an image each", async (t) => {
    const served = await scene(t);
    const shared = "org.common";
    await register(served, "red", teamFiles("red", "color", shared), shared);
    const { system } = await register(served, "blue", teamFiles("blue", "shade", shared), shared);
    const image = await imageOf(served);
    const shown = ["red", "blue"].filter((team) => image.getService(`${team}.Tasks`));
    assert.equal(shown.length, 1);
    for (const [team, field] of [
      ["red", "color"],
      ["blue", "shade"],
    ]) {
      const own = await imageOf(served, `/schema/${team}.Tasks.binpb`);
      assert.equal(own.getService(`${team}.Tasks`)!.method["do"]!.output.fields[0]!.name, field);
    }
    const { definitions } = await system.listTaskDefinitions({});
    const conflicts = definitions.flatMap((info) => info.conflicts);
    assert.equal(conflicts.length, 1);
    assert.match(conflicts[0]!, /org\.common\.Note.* is declared by other files too/);
  });

  it("are described by the newest worker, also after a rollback", async (t) => {
    const served = await scene(t);
    const before = teamFiles("red", "color");
    const after = teamFiles("red", "shade");
    const fieldNow = async () =>
      (await imageOf(served)).getService("red.Tasks")!.method["do"]!.output.fields[0]!.name;
    assert.equal((await register(served, "red", before)).schemaWanted, true);
    const { system } = await register(served, "red", after);
    assert.equal(await fieldNow(), "shade");
    const { definitions } = await system.listTaskDefinitions({});
    const info = definitions.find(({ definition }) => definition?.name === "red.Tasks/Do");
    assert.match(info!.conflicts[0]!, /describe red\.Tasks in several ways/);
    assert.equal((await register(served, "red", before)).schemaWanted, false);
    assert.equal(await fieldNow(), "color");
  });

  it("leave ten old descriptions behind, not all", async (t) => {
    const served = await scene(t);
    const build = (n: number) => register(served, "red", teamFiles("red", `field${n}`));
    for (let n = 0; n < 15; n++) await build(n);
    assert.equal((await build(5)).schemaWanted, false);
    assert.equal((await build(1)).schemaWanted, true);
  });

  it("are refused where the server's own names are taken, or an import is missing", async (t) => {
    const served = await scene(t);
    const system = createClient(SystemService, createGrpcTransport({ baseUrl: served.http }));
    const definition = {
      name: "qtasksapi.v1.TaskService/EnqueueTask",
      inputSchema: "a.B",
      outputSchema: "a.C",
    };
    await assert.rejects(
      system.applyTaskDefinitions({ definitions: [definition] }),
      /can't be tasks/,
    );
    const file = teamFiles("red", "color").slice(1);
    const fileDescriptorSet = toBinary(
      FileDescriptorSetSchema,
      create(FileDescriptorSetSchema, { file }),
    );
    await assert.rejects(
      system.applyTaskDefinitions({ fileDescriptorSet }),
      /file_descriptor_set: .*common\.proto, which red\.proto imports, is not in it/,
    );
  });

  it("are gone with their definitions", async (t) => {
    const served = await scene(t);
    const { system } = await register(served, "red", teamFiles("red", "color"));
    await system.deleteTaskDefinition({ name: "red.Tasks/Do" });
    assert.equal((await imageOf(served)).getService("red.Tasks"), undefined);
  });
});

describe("JSON for a typed task", () => {
  const NAME = "conformance.v1.ConformanceTasks/Echo";

  it("becomes its message", async (t) => {
    const { tasks } = await scene(t);
    const handle = await tasks.enqueue(NAME, { text: "json" });
    const { spec } = await tasks.get(handle.id);
    assert.equal(spec!.payload!.schema, "conformance.v1.EchoRequest");
    assert.equal((await handle.resultMessage(EchoResponseSchema)).text, "json");
  });

  it("is refused where it is none, also in a batch, and the others go on", async (t) => {
    const { tasks } = await scene(t);
    const error = QTasksError.from(await failureOf(tasks.enqueue(NAME, { txet: "typo" })));
    assert.equal(error.reason, "FIELD_VIOLATION");
    assert.match(
      error.message,
      /spec\.payload: not a conformance\.v1\.EchoRequest in JSON: .*txet/,
    );
    const settled = await Promise.allSettled([
      tasks.enqueue(NAME, { text: "good" }),
      tasks.enqueue(NAME, { txet: "typo" }),
    ]);
    assert.deepEqual(
      settled.map(({ status }) => status),
      ["fulfilled", "rejected"],
    );
  });
});
