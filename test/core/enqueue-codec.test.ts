/** Enqueue requests are read as protobuf-es reads them, or left to it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, fromBinary, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import fc from "fast-check";

import {
  BatchEnqueueTasksRequestSchema,
  EnqueueTaskRequestSchema,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { decodeBatchEnqueue, decodeEnqueueTask } from "../../src/core/enqueue-codec.ts";

const text = fc.string({ unit: "grapheme" });
const payload = fc.record({
  body: fc.oneof(
    fc.record({ case: fc.constant("text" as const), value: text }),
    fc.record({ case: fc.constant("data" as const), value: fc.uint8Array() }),
    fc.constant({ case: undefined }),
  ),
  contentType: text,
  schema: text,
  encodings: fc.array(text, { maxLength: 3 }),
});
const request = fc.record({
  taskId: text,
  spec: fc.option(
    fc.record({
      name: text,
      parentTaskId: text,
      payload: fc.option(payload, { nil: undefined }),
      options: fc.option(fc.record({ queue: text, priority: fc.integer({ min: -5, max: 5 }) }), {
        nil: undefined,
      }),
    }),
    { nil: undefined },
  ),
});
type Init = MessageInitShape<typeof EnqueueTaskRequestSchema>;

function encoded(init: Init): Buffer {
  return Buffer.from(toBinary(EnqueueTaskRequestSchema, create(EnqueueTaskRequestSchema, init)));
}

/** Read here or by protobuf-es, as the server does it, it is the same message. */
function assertSame(bytes: Buffer): void {
  const plain = new Uint8Array(bytes);
  const expected = fromBinary(EnqueueTaskRequestSchema, plain);
  assert.deepEqual(decodeEnqueueTask(bytes) ?? expected, expected);
}

describe("enqueue requests", () => {
  it("are read as protobuf-es reads them", () => {
    fc.assert(
      fc.property(request, (init) => {
        const bytes = encoded(init);
        const read = decodeEnqueueTask(bytes);
        assert.deepEqual(read, fromBinary(EnqueueTaskRequestSchema, new Uint8Array(bytes)));
      }),
    );
  });

  it("of a batch too, in order", () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 5 }), (requests) => {
        const batch = create(BatchEnqueueTasksRequestSchema, { requests: requests as Init[] });
        const bytes = toBinary(BatchEnqueueTasksRequestSchema, batch);
        const read = decodeBatchEnqueue(Buffer.from(bytes));
        assert.deepEqual(read, fromBinary(BatchEnqueueTasksRequestSchema, bytes));
      }),
    );
  });

  const rare: Record<string, Init> = {
    "a start": { start: { case: "delay", value: { seconds: 1n } } },
    headers: { spec: { headers: { a: "b" } } },
    "a unique key": { spec: { unique: { key: "k" } } },
  };
  for (const [what, init] of Object.entries(rare))
    it(`with ${what} are left to protobuf-es`, () => {
      assert.equal(decodeEnqueueTask(encoded(init)), undefined);
      const batch = create(BatchEnqueueTasksRequestSchema, { requests: [{ taskId: "a" }, init] });
      const bytes = Buffer.from(toBinary(BatchEnqueueTasksRequestSchema, batch));
      assert.equal(decodeBatchEnqueue(bytes), undefined);
    });

  it("with a field that comes twice, which protobuf merges, are left to it", () => {
    const [a, b] = [encoded({ spec: { name: "a" } }), encoded({ spec: { parentTaskId: "b" } })];
    assert.equal(decodeEnqueueTask(Buffer.concat([a, b])), undefined);
    assert.equal(
      decodeEnqueueTask(Buffer.concat([encoded({ taskId: "a" }), encoded({ taskId: "b" })])),
      undefined,
    );
  });

  it("with text that is not UTF-8, or a field that is not known, are left to protobuf-es", () => {
    const name = Buffer.from([0x0a, 0x02, 0xc3, 0x28]);
    const spec = Buffer.concat([Buffer.from([0x0a, name.length]), name]);
    assert.equal(decodeEnqueueTask(spec), undefined);
    assert.equal(decodeEnqueueTask(Buffer.from([0x7a, 0x01, 0x00])), undefined);
    assert.equal(decodeEnqueueTask(Buffer.from([0x08, 0x01])), undefined);
  });

  it("changed at any byte: the same message, the same refusal, or left alone", () => {
    const bytes = encoded({
      taskId: "0192f8a0-1111-7abc-8def-0123456789ab",
      spec: {
        name: "mail.send",
        payload: { body: { case: "text", value: "[1]" } },
        options: { queue: "q" },
      },
    });
    for (let at = 0; at < bytes.length; at++)
      for (const byte of [0x00, 0x7f, 0x80, 0xff, bytes[at]! ^ 1, bytes[at]! ^ 8]) {
        const broken = Buffer.from(bytes);
        broken[at] = byte;
        let expected: unknown;
        try {
          expected = fromBinary(EnqueueTaskRequestSchema, new Uint8Array(broken));
        } catch {
          // Whatever protobuf-es refuses must not be taken here.
          assert.ok(refuses(broken), `byte ${at} as ${byte}`);
          continue;
        }
        if (!refuses(broken)) assertSame(broken);
        else assert.ok(expected !== undefined);
      }
  });
});

/** Left to protobuf-es, or an error, which the server words the same. */
function refuses(bytes: Buffer): boolean {
  try {
    return decodeEnqueueTask(bytes) === undefined;
  } catch {
    return true;
  }
}
