/** Renewals make no revision, so that a write may be made of an older record: it must not undo them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { annotate, endCanceled, requestCancel } from "../../../src/core/transitions.ts";
import { AttemptState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { makeRecord } from "../../../src/testing/contract/records.ts";
import { addRunning, put, readOne } from "../../../src/testing/contract/scenes.ts";
import { freshStorage } from "./fresh.ts";

test("a write of an older record keeps the renewal that came since", async () => {
  const fresh = await freshStorage();
  const storage = fresh.subject;
  const started = await addRunning(storage, makeRecord());
  const { id, attempt, nonce } = started;
  const [renewal] = await storage.renew({ renewals: [{ id, attempt, nonce, leaseMs: 90_000 }] });
  assert.ok(renewal?.kind === "held");

  const noted = annotate(started, storage.now(), {
    eventSequence: 1,
    leaseEndAt: started.leaseEndAt,
    delivered: started.delivered,
  });
  assert.deepEqual([started.delivered, noted.leaseEndAt < renewal.leaseEndAt], [false, true]);
  await put(storage, started, noted);
  const asked = requestCancel(noted, { now: storage.now(), reason: "r", forceAt: 0 });
  await put(storage, noted, asked);
  const stored = await readOne(storage, id);
  assert.deepEqual([stored?.delivered, stored?.leaseEndAt], [true, renewal.leaseEndAt]);
  const overdue = await storage.overdue({ limit: 1 });
  assert.equal(overdue.nextAt, renewal.leaseEndAt);

  const end = { now: storage.now(), state: AttemptState.CANCELED, reported: true };
  await put(storage, asked, endCanceled(asked, end));
  const ended = await readOne(storage, id);
  assert.deepEqual([ended?.leaseEndAt, ended?.nonce], [0, ""]);
  await fresh.close();
});
