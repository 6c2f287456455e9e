/** What the server is, allows, and can run. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { create, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { durationMs } from "../../../src/core/duration.ts";
import { ms, NAME, onBackend, refusal } from "../../pipeline/setup.ts";
import { TestWorker } from "../../pipeline/test-worker.ts";

onBackend("joint", "system info", (it) => {
  it("version, capabilities and limits", { limits: { maxBatch: 7 } }, async (scene) => {
    const { serverVersion, capabilities, limits } = await scene.system.getSystemInfo({});
    assert.equal(serverVersion, "1.2.3");
    assert.deepEqual(capabilities, [], "memory is neither durable nor shared");
    assert.equal(limits!.maxBatch, 7);
    assert.equal(limits!.maxPayloadBytes, 1_048_576);
    assert.equal(limits!.maxAttemptHistory, 10);
    assert.equal(durationMs(limits!.maxWait!), 60_000);
    assert.equal(durationMs(limits!.streamHeartbeat!), 15_000);
    assert.equal(durationMs(limits!.maxStreamAge!), 600_000);
  });
});

onBackend("joint", "definitions", (it) => {
  it("by name, page by page, with their workers", async (scene) => {
    const definitions = ["c", "a", "b"].map((name) => ({ name, description: `does ${name}` }));
    await scene.system.applyTaskDefinitions({ definitions });
    const worker = { workerId: "w", definitions: [definitions[1]!] };
    await TestWorker.open(scene, { ...worker, buildId: "b1" });
    await TestWorker.open(scene, { ...worker, buildId: "b2" });
    const seen: [string, number][] = [];
    let pageToken = "";
    do {
      const page = await scene.system.listTaskDefinitions({ pageSize: 3, pageToken });
      for (const { definition, workerCount } of page.definitions)
        seen.push([definition!.name, workerCount]);
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    assert.deepEqual(seen, [
      ["a", 2],
      ["b", 0],
      ["c", 0],
      [NAME, 0],
    ]);
    const {
      definitions: [a],
    } = await scene.system.listTaskDefinitions({});
    assert.deepEqual(a!.buildIds.sort(), ["b1", "b2"]);
    assert.match(a!.conflicts[0]!, /b1, b2|b2, b1/);
    assert.notEqual(a!.lastSeenTime, undefined);
  });

  it("are there while no worker is, and can be replaced and deleted", async (scene) => {
    const apply = (description: string) =>
      scene.system.applyTaskDefinitions({ definitions: [{ name: "a", description }] });
    await apply("one");
    const { definitions } = await apply("two");
    assert.equal(definitions[0]!.definition!.description, "two");
    await scene.tasks.enqueueTask({ spec: { name: "a" } });
    await scene.system.deleteTaskDefinition({ name: "a" });
    const gone = refusal("DEFINITION_NOT_FOUND", "spec.name");
    await assert.rejects(scene.tasks.enqueueTask({ spec: { name: "a" } }), gone);
    const again = scene.system.deleteTaskDefinition({ name: "a" });
    await assert.rejects(again, refusal("DEFINITION_NOT_FOUND", "name"));
  });

  it("what callers and handlers exchange can't change", async (scene) => {
    const definition = { name: "a", inputSchema: "acme.In", outputSchema: "acme.Out" };
    await scene.system.applyTaskDefinitions({ definitions: [definition] });
    for (const change of [{ streaming: true }, { inputSchema: "x" }, { outputSchema: "" }]) {
      const definitions = [{ ...definition, ...change }];
      const applied = scene.system.applyTaskDefinitions({ definitions });
      await assert.rejects(applied, refusal("DEFINITION_CONFLICT"));
      const registered = TestWorker.open(scene, { definitions });
      await assert.rejects(registered, refusal("DEFINITION_CONFLICT"));
    }
    const options = { queue: "q2", attemptTimeout: ms(1_000) };
    await scene.system.applyTaskDefinitions({ definitions: [{ ...definition, options }] });
  });

  it("a schema that the server lacks is asked for, once", async (scene) => {
    const fileDescriptorSet = toBinary(
      FileDescriptorSetSchema,
      create(FileDescriptorSetSchema, { file: [{ name: "a.proto" }] }),
    );
    const schemaDigest = createHash("sha256").update(fileDescriptorSet).digest();
    const register = () =>
      scene.workers.registerWorker({
        sessionId: "s1",
        workerId: "w",
        slots: 1,
        definitions: [{ name: "typed" }],
        schemaDigest,
      });
    assert.equal((await register()).schemaWanted, true);
    await scene.system.applyTaskDefinitions({ fileDescriptorSet });
    assert.equal((await register()).schemaWanted, false);
  });

  it("what is no descriptor set is refused", async (scene) => {
    const fileDescriptorSet = new Uint8Array([0xff, 0xff, 0xff]);
    const applied = scene.system.applyTaskDefinitions({
      definitions: [{ name: "a" }],
      fileDescriptorSet,
    });
    await assert.rejects(applied, refusal("FIELD_VIOLATION", "file_descriptor_set"));
    await assert.rejects(
      scene.system.applyTaskDefinitions({}),
      refusal("FIELD_VIOLATION", "definitions"),
    );
  });
});
