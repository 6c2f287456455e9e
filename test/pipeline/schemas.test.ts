/** Descriptor sets that servers share. */
import assert from "node:assert/strict";
import { mock } from "node:test";
import { onBothBackends } from "./setup.ts";

onBothBackends("descriptor sets", (it) => {
  it("added while all are read again are not lost", async (scene) => {
    const { schemas } = scene.pipeline;
    const { documents } = scene.storage;
    await schemas.add(Uint8Array.of(1));
    const before = await documents.list({ kind: "schema" });
    const read = Promise.withResolvers<typeof before>();
    mock.method(documents, "list", () => read.promise, { times: 1 });
    const followed = schemas.follow({ kind: "gap" });
    await schemas.add(Uint8Array.of(2));
    read.resolve(before);
    await followed;
    assert.equal(schemas.list().length, 2);
  });

  it("added at one server are known at the other", async (scene) => {
    const other = (await scene.openServer()).pipeline.schemas;
    const known = new Promise<void>((resolve) => other.onChange(resolve));
    await scene.pipeline.schemas.add(Uint8Array.of(1));
    await known;
    assert.equal(other.list().length, 1);
  });
});
