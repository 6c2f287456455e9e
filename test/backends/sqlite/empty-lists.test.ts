/** What the engine knows to be empty is forgotten with the transaction in which it saw it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StorageCalls } from "../../../src/backends/sqlite/engine/storage-calls.ts";
import { packCreate, unpackRecords } from "../../../src/backends/sqlite/record-packing.ts";
import type { Answer } from "../../../src/backends/sqlite/thread/calls.ts";
import { handOutParams } from "../../../src/testing/contract/joint/taking.ts";
import { makeRecord, makeSpec } from "../../../src/testing/contract/records.ts";
import { openDirect } from "./direct.ts";

function idsIn(answer: Answer | undefined): string[] {
  assert.ok(answer !== undefined && answer.failure === undefined);
  return unpackRecords(answer.value as StorageCalls["handOut"]["answer"]).map(({ id }) => id);
}

test("a task that an undone transaction took, and left none behind, is taken again", async (t) => {
  const { db, flush } = await openDirect(t);
  const record = makeRecord();
  flush(["create", packCreate({ tasks: [{ record }] })]);
  const { page_count: pages } = db.prepare("PRAGMA page_count").get() as { page_count: number };
  db.exec(`PRAGMA max_page_count = ${pages + 20}`);
  const tooLarge = makeRecord({ spec: makeSpec("mail.send", 900_000) });
  const [first, second, third] = flush(
    ["handOut", handOutParams()],
    ["handOut", handOutParams()],
    ["create", packCreate({ tasks: [{ record: tooLarge }] })],
  );
  assert.equal(third?.failure?.reason, "STORAGE_UNAVAILABLE");
  assert.deepEqual(idsIn(first), [record.id]);
  assert.deepEqual(idsIn(second), []);
});
