/** Answers to enqueues are written and read as protobuf-es does it, or left to it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { BatchEnqueueTasksResponseSchema } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { decodeEnqueueResults, encodeEnqueueResults } from "../../src/core/enqueue-result-codec.ts";

const text = fc.string({ unit: "grapheme" });
const error = fc.record({ code: fc.nat(16), reason: text, message: text });
const answer = fc.record({
  results: fc.array(
    fc.record({
      taskId: text,
      created: fc.boolean(),
      error: fc.option(error, { nil: undefined }),
    }),
  ),
});

describe("answers to enqueues", () => {
  it("are written as protobuf-es writes them, and read again", () => {
    fc.assert(
      fc.property(answer, (init) => {
        const message = create(BatchEnqueueTasksResponseSchema, init);
        const bytes = toBinary(BatchEnqueueTasksResponseSchema, message);
        assert.deepEqual(encodeEnqueueResults(init), Buffer.from(bytes));
        assert.deepEqual(
          decodeEnqueueResults(Buffer.from(bytes)),
          fromBinary(BatchEnqueueTasksResponseSchema, bytes),
        );
      }),
    );
    assert.equal(encodeEnqueueResults({}).length, 0);
  });

  it("with a field that is not known, or text that is not UTF-8, are left to protobuf-es", () => {
    assert.equal(decodeEnqueueResults(Buffer.from([9 << 3, 1])), undefined);
    assert.equal(decodeEnqueueResults(Buffer.from([2 << 3, 1])), undefined);
    assert.equal(decodeEnqueueResults(Buffer.from([0x0a, 2, 9 << 3, 1])), undefined);
    assert.equal(decodeEnqueueResults(Buffer.from([0x0a, 4, 0x0a, 2, 0xc3, 0x28])), undefined);
  });
});
