/** Records have one hidden class, whoever makes them: a literal that lacks a property, or has them in another order, makes another. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import { create } from "@bufbuild/protobuf";
import { AttemptState, TaskOptionsSchema } from "../../gen/qtasksapi/v1/task_pb.ts";
import { EnqueueTaskRequestSchema } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { decodeTask } from "../../src/backends/redis/unpack-task.ts";
import { encodeTask } from "../../src/backends/redis/pack-task.ts";
import { DefinitionOptions } from "../../src/core/effective-options.ts";
import { DEFAULT_LIMITS } from "../../src/core/limits.ts";
import { decodeRecord } from "../../src/core/record-reader.ts";
import { RECORD_SHAPES } from "../../src/core/record-shape.ts";
import { encodeRecord } from "../../src/core/record-writer.ts";
import type { TaskRecord } from "../../src/core/record.ts";
import { giveBack, retryLater, succeed } from "../../src/core/transitions.ts";
import { newTask } from "../../src/pipeline/new-task.ts";
import { fullRecord, startNow } from "../../src/testing/contract/records.ts";

setFlagsFromString("--allow-natives-syntax");
const haveSameClass = runInThisContext("(a, b) => %HaveSameMap(a, b)") as (
  a: object,
  b: object,
) => boolean;

const now = Date.now();

function created(): TaskRecord {
  const request = create(EnqueueTaskRequestSchema, { spec: { name: "mail.send" } });
  return newTask(request, new DefinitionOptions(create(TaskOptionsSchema)), DEFAULT_LIMITS, now)
    .record;
}

test("the first records of a process are like the others", () => {
  for (const shape of RECORD_SHAPES) assert.ok(haveSameClass(shape, created()));
});

test("new records, those that were read, and those that were changed", () => {
  const running = startNow(created());
  const full = startNow(fullRecord());
  const end = { now, reported: true, state: AttemptState.LOST };
  const made = {
    running,
    succeeded: succeed(running, { ...end, result: new Uint8Array(3) }),
    retrying: retryLater(running, end, now + 2 ** 40),
    released: giveBack(running, end, 0),
    read: decodeRecord(running.id, encodeRecord(running)),
    "read, with all fields": decodeRecord(full.id, encodeRecord(full)),
    "read from Redis": decodeTask(running.id, encodeTask(running)),
    "read from Redis, with all fields": decodeTask(full.id, encodeTask(full)),
  };
  const first = created();
  for (const [name, record] of Object.entries(made))
    assert.ok(haveSameClass(record, first), `a record that is ${name}`);
});
