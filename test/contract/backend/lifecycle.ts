/** Start, ping, stop. */
import assert from "node:assert/strict";
import { handOut } from "../../../src/testing/contract/joint/taking.ts";
import { makeRecord } from "../../../src/testing/contract/records.ts";
import { eventually } from "../../../src/testing/contract/setup.ts";
import type { DeclareBackend } from "./stage.ts";

export function lifecycleTests(it: DeclareBackend): void {
  it("start and stop are idempotent", async ({ backend }) => {
    await backend.start();
    await backend.ping();
    await backend.ping();
    await backend.stop();
  });

  it("start again after a stop finds what waited", async ({ backend }) => {
    const record = makeRecord();
    await backend.create([{ record }]);
    await backend.stop();
    await backend.start();
    const started = await eventually("the task", async () => (await handOut(backend)).records[0]);
    assert.equal(started.id, record.id);
  });

  it("a stop lands what was published on the way", async ({ backend }) => {
    const records = Array.from({ length: 30 }, () => makeRecord());
    await Promise.all(records.map((record) => backend.create([{ record }])));
    await backend.stop();
    await backend.start();
    assert.deepEqual(await backend.storage.intents({ minAgeMs: 0, limit: 9 }), []);
  });
}
