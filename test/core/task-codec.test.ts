/** Tasks are encoded as protobuf-es would encode what callers see of them. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import {
  FailureSchema,
  PayloadSchema,
  ProgressSchema,
  TaskOptionsSchema,
  TaskSchema,
  TaskSpecSchema,
  TaskState,
  TaskView,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskRecord } from "../../src/core/record.ts";
import { inForce } from "../../src/core/effective-options.ts";
import { encodeSpec, SpecCodec } from "../../src/core/spec-codec.ts";
import { measureTask, writeTask } from "../../src/core/task-codec.ts";
import { toTask } from "../../src/core/task-view.ts";
import { retryLater, start, succeed } from "../../src/core/transitions.ts";
import { WireWriter } from "../../src/core/wire.ts";
import { makeRecord } from "../../src/testing/contract/records.ts";

const NOW = 1_800_000_000_000;
const VIEWS = [TaskView.BASIC, TaskView.RESULT, TaskView.FULL] as const;

const spec = fc.record({
  name: fc.string({ minLength: 1 }),
  parentTaskId: fc.string(),
  headers: fc.dictionary(fc.string({ unit: "grapheme" }), fc.string(), { maxKeys: 3 }),
  payload: fc.option(
    fc.string({ unit: "grapheme" }).map((value) => ({ body: { case: "text" as const, value } })),
    { nil: undefined },
  ),
});
const time = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 * NOW }));
const changes = fc.record({
  id: fc.string({ unit: "grapheme", minLength: 1 }),
  state: fc.constantFrom(...Object.values(TaskState).filter((state) => typeof state === "number")),
  revision: fc.maxSafeNat(),
  charged: fc.nat(),
  lost: fc.nat(),
  manualRetries: fc.nat(),
  createdAt: time,
  dueAt: time,
  startedAt: time,
  updatedAt: time,
  endedAt: time,
  purgeAt: time,
  workerId: fc.string({ unit: "grapheme" }),
  cancelReason: fc.string({ unit: "grapheme" }),
});

function recordOf(init: Partial<TaskRecord>, from: object, priority: number) {
  const options = create(TaskOptionsSchema, { queue: "q", priority });
  return makeRecord({
    ...init,
    priority,
    spec: encodeSpec(create(TaskSpecSchema, from), inForce(options)),
  });
}

function assertSame(record: TaskRecord, codec: SpecCodec): void {
  for (const view of VIEWS) {
    const expected = toBinary(TaskSchema, toTask(record, view, NOW));
    const measured = measureTask(record, view, NOW, codec);
    const writer = new WireWriter(measured.size);
    writeTask(writer, measured);
    assert.deepEqual(writer.written, Buffer.from(expected));
    assert.equal(measured.size, expected.length);
  }
}

it("any record, in every view", () => {
  const extras = fc.record({ result: fc.boolean(), failure: fc.boolean(), progress: fc.boolean() });
  fc.assert(
    fc.property(
      changes,
      spec,
      fc.integer({ min: -9, max: 9 }),
      extras,
      (init, from, priority, has) => {
        const codec = new SpecCodec();
        const parts = {
          result: toBinary(PayloadSchema, create(PayloadSchema, { schema: "a" })),
          failure: toBinary(
            FailureSchema,
            create(FailureSchema, { message: "m", stackTrace: "s", cause: { stackTrace: "t" } }),
          ),
          progress: toBinary(ProgressSchema, create(ProgressSchema, { completed: 0.5 })),
        };
        const present = Object.fromEntries(
          Object.entries(parts).filter(([name]) => has[name as keyof typeof has]),
        );
        assertSame(recordOf({ ...init, ...present }, from, priority), codec);
      },
    ),
  );
});

it("a task with attempts that ended and one that runs", () => {
  const codec = new SpecCodec();
  const params = { now: NOW, sessionId: "s", workerId: "w", leaseMs: 1, delivered: true };
  const first = start(recordOf({}, { name: "a" }, 0), { ...params, nonce: "1".repeat(32) });
  const again = retryLater(first, { now: NOW, state: 3, reported: true }, NOW - 1);
  const second = start(again, { ...params, nonce: "2".repeat(32) });
  const end = { now: NOW + 1_500, reported: true, result: undefined };
  for (const record of [first, again, second, succeed(second, end)]) assertSame(record, codec);
});

it("a task whose priority was moved after its spec was written", () => {
  const codec = new SpecCodec();
  const record = recordOf({}, { name: "a" }, 3);
  assertSame({ ...record, priority: 7 }, codec);
});
