import assert from "node:assert/strict";
import { test } from "node:test";
import { AttemptState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { packCreate, packWrite } from "../../../src/backends/sqlite/record-packing.ts";
import type { TaskRecord } from "../../../src/core/record.ts";
import { uniqueTag } from "../../../src/core/tags.ts";
import { giveBack, retryByHand, succeed } from "../../../src/core/transitions.ts";
import { makeRecord, makeSpec, startNow } from "../../../src/testing/contract/records.ts";
import { openDirect, type Direct } from "./direct.ts";

const { RELEASED } = AttemptState;
const NO_TIMEOUTS = { pendingTimeoutMs: 0, totalTimeoutMs: 0 };

function count({ db }: Direct, table: string): number {
  return Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]);
}

function run({ flush }: Direct, method: string, params: unknown): void {
  const [answer] = flush([method, params]);
  assert.equal(answer?.failure, undefined);
}

/** Writes what follows, with two logs and an output; then what follows that. */
function put(
  direct: Direct,
  before: TaskRecord,
  after: TaskRecord,
  next?: (record: TaskRecord) => TaskRecord,
): TaskRecord {
  const first = before.eventSequence;
  const record = { ...after, eventSequence: first + 3 };
  const events = (["log", "output", "log"] as const).map((kind, at) => ({
    sequence: first + at + 1,
    kind,
    body: Buffer.alloc(2_000, at),
  }));
  const changes = [{ revision: before.revision, after: record, events }];
  run(direct, "write", packWrite({ changes }));
  return next === undefined ? record : put(direct, record, next(record));
}

test("nothing is left of tasks that were purged, large parts and all", async (t) => {
  const direct = await openDirect(t);
  const now = Date.now();
  const tags = ["l\u001fa\u001fb", uniqueTag("mail.send", "key")];
  const record = makeRecord({ spec: makeSpec("mail.send", 5_000), tags, retentionMs: 0 });
  const tasks = [{ record, unique: { untilAt: now + 60_000 } }];
  run(direct, "create", packCreate({ tasks }));
  assert.equal(count(direct, "large_tail"), 0);

  const end = { now, reported: true };
  const large = { ...end, result: Buffer.alloc(5_000) };
  const started = put(direct, record, startNow(record));
  const back = put(direct, started, giveBack(started, { ...end, state: RELEASED }, 0));
  const done = put(direct, back, startNow(back), (running) => succeed(running, large));
  assert.equal(count(direct, "large_tail"), 1, "the result is kept apart");
  const again = put(direct, done, retryByHand(done, { now, ...NO_TIMEOUTS }));
  assert.equal(count(direct, "large_tail"), 0, "a result that is gone leaves nothing");
  put(direct, again, startNow(again), (running) => succeed(running, { ...end, result: undefined }));
  assert.ok(count(direct, "event") > 0);

  run(direct, "purge", { limit: 10 });
  for (const table of ["task", "body", "large_tail", "tag", "holder", "event"])
    assert.equal(count(direct, table), 0, table);
});
