/** What the pipeline's model found: an id that is used again, whose old task left a message in the broker of a pair. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { MemoryBroker } from "../../src/backends/memory/memory-broker.ts";
import { MemoryStorage } from "../../src/backends/memory/memory-storage.ts";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { DEFAULT_TIMINGS } from "../../src/core/limits.ts";
import { endWaiting, reschedule } from "../../src/core/transitions.ts";
import { ComposedBackend } from "../../src/pipeline/composed-backend.ts";
import { handOut, idsOf } from "../../src/testing/contract/joint/taking.ts";
import { makeFailure, makeRecord } from "../../src/testing/contract/records.ts";
import { untilReconciled } from "../contract/backend/stage.ts";

test("a task is handed out whose id was that of a deleted one with a message of a later generation", async () => {
  const storage = new MemoryStorage();
  const logger = pino({ level: "silent" });
  const backend = new ComposedBackend(storage, new MemoryBroker(), DEFAULT_TIMINGS, logger);
  await backend.start();
  await untilReconciled(storage);
  const old = makeRecord({ id: "again" });
  await backend.create([{ record: old }]);
  const moved = reschedule(old, { now: storage.now(), priority: 1 });
  await backend.write([{ revision: old.revision, after: moved }]);
  const end = { now: storage.now(), failure: makeFailure("Canceled") };
  const ended = endWaiting(moved, TaskState.CANCELED, end);
  await backend.write([{ revision: moved.revision, after: ended }]);
  await storage.remove({ items: [{ id: old.id, revision: ended.revision }] });
  await backend.create([{ record: makeRecord({ id: "again" }) }]);
  const { records } = await handOut(backend);
  assert.deepEqual(idsOf(records), ["again"]);
  assert.deepEqual(idsOf((await handOut(backend)).records), []);
  await backend.stop();
});
