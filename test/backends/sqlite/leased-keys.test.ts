/** What the engine keeps of tasks that were handed out is forgotten with the transaction that handed them out. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { packCreate, packWrite } from "../../../src/backends/sqlite/record-packing.ts";
import { endWaiting } from "../../../src/core/transitions.ts";
import type { QueueStats } from "../../../src/storage/storage.ts";
import {
  everyByte,
  makeFailure,
  makeRecord,
  startNow,
} from "../../../src/testing/contract/records.ts";
import { output } from "../../../src/testing/contract/scenes.ts";
import { openDirect } from "./direct.ts";

test("a task whose start was undone counts as one that waits", async (t) => {
  const { db, flush } = await openDirect(t);
  const record = makeRecord();
  flush(["create", packCreate({ tasks: [{ record }] })]);
  const { page_count: pages } = db.prepare("PRAGMA page_count").get() as { page_count: number };
  db.exec(`PRAGMA max_page_count = ${pages + 20}`);
  const tooLarge = {
    revision: 1,
    after: startNow(record),
    events: [output(1, everyByte(900_000))],
  };
  const [refused] = flush(["write", packWrite({ changes: [tooLarge] })]);
  assert.equal(refused?.failure?.reason, "STORAGE_UNAVAILABLE");
  const end = { now: Date.now(), failure: makeFailure("Canceled") };
  const after = endWaiting(record, TaskState.CANCELED, end);
  flush(["write", packWrite({ changes: [{ revision: 1, after }] })]);
  const [stats] = flush(["queueStats", { queues: [] }]);
  assert.ok(stats !== undefined && stats.failure === undefined);
  const [queue] = stats.value as QueueStats[];
  assert.deepEqual(
    [...queue!.states].filter(([, count]) => count !== 0),
    [[TaskState.CANCELED, 1]],
  );
});
