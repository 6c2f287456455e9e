/** Enqueue requests are read and written as protobuf-es does it, or left to it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, fromBinary, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import fc from "fast-check";

import {
  BatchEnqueueTasksRequestSchema,
  EnqueueTaskRequestSchema,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import {
  decodeBatchEnqueue,
  decodeEnqueueTask,
  encodeBatchEnqueue,
  encodeEnqueueTask,
} from "../../src/core/enqueue-codec.ts";

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
const priority = fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined });
const time = fc.record({ seconds: fc.bigInt({ min: 0n, max: 9n }), nanos: fc.nat(9) });
const request = fc.record({
  taskId: text,
  start: fc.oneof(
    fc.constant({ case: undefined }),
    fc.record({ case: fc.constantFrom("delay", "scheduleTime"), value: time }),
  ),
  spec: fc.option(
    fc.record({
      name: text,
      parentTaskId: text,
      payload: fc.option(payload, { nil: undefined }),
      options: fc.option(fc.record({ queue: text, priority }), { nil: undefined }),
      // What is called so is left to protobuf-es; a test of its own sees to that.
      headers: fc.dictionary(text, text, { maxKeys: 3 }).filter((all) => !hasProto(all)),
      unique: fc.option(fc.record({ key: text, window: time }), { nil: undefined }),
    }),
    { nil: undefined },
  ),
});
type Init = MessageInitShape<typeof EnqueueTaskRequestSchema>;

function hasProto(headers: object): boolean {
  return Object.hasOwn(headers, "__proto__");
}

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

  it("are written as protobuf-es writes them, from a message or from a part of one", () => {
    fc.assert(
      fc.property(request, (init) => {
        assert.deepEqual(encodeEnqueueTask(init as Init), encoded(init as Init));
        const message = create(EnqueueTaskRequestSchema, init as Init);
        assert.deepEqual(encodeEnqueueTask(message), encoded(init as Init));
      }),
    );
    assert.deepEqual(encodeEnqueueTask({}), encoded({}));
  });

  it("of a batch too, written in order", () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 5 }), (requests) => {
        const batch = { requests: requests as Init[] };
        const expected = toBinary(
          BatchEnqueueTasksRequestSchema,
          create(BatchEnqueueTasksRequestSchema, batch),
        );
        assert.deepEqual(encodeBatchEnqueue(batch), Buffer.from(expected));
      }),
    );
    assert.equal(encodeBatchEnqueue({}).length, 0);
  });

  it("with what this version does not know are written as they came", () => {
    const unknown = Buffer.from([15 << 3, 1]);
    const within = (field: number, bytes: Uint8Array): Buffer =>
      Buffer.concat([Buffer.from([(field << 3) | 2, bytes.length]), bytes]);
    for (const bytes of [
      unknown,
      within(1, unknown),
      within(1, within(2, unknown)),
      within(1, within(3, unknown)),
    ]) {
      const message = fromBinary(EnqueueTaskRequestSchema, new Uint8Array(bytes));
      assert.deepEqual(encodeEnqueueTask(message), bytes);
    }
  });

  it("of a batch share the options that they have in common, and none can change them", () => {
    const urgent = { spec: { name: "a", options: { priority: 5, labels: { team: "red" } } } };
    const other = { spec: { name: "a", options: { priority: 1 } } };
    const batch = create(BatchEnqueueTasksRequestSchema, { requests: [urgent, urgent, other] });
    const bytes = toBinary(BatchEnqueueTasksRequestSchema, batch);
    const read = decodeBatchEnqueue(Buffer.from(bytes))!;
    assert.deepEqual(read, batch);
    const [first, second, third] = read.requests.map(({ spec }) => spec!.options!);
    assert.equal(first, second);
    assert.throws(() => (first!.labels["team"] = "blue"), TypeError);
    assert.ok(!Object.isFrozen(third));
  });

  it("with a field that comes twice, which protobuf merges, are left to it", () => {
    const [a, b] = [encoded({ spec: { name: "a" } }), encoded({ spec: { parentTaskId: "b" } })];
    assert.equal(decodeEnqueueTask(Buffer.concat([a, b])), undefined);
    assert.equal(
      decodeEnqueueTask(Buffer.concat([encoded({ taskId: "a" }), encoded({ taskId: "b" })])),
      undefined,
    );
  });

  it("with two times, or a header of a name that objects have, are left to protobuf-es", () => {
    const delay = encoded({ start: { case: "delay", value: { seconds: 1n } } });
    const time = encoded({ start: { case: "scheduleTime", value: { seconds: 1n } } });
    assert.equal(decodeEnqueueTask(Buffer.concat([delay, time])), undefined);
    const headers = Object.fromEntries([["__proto__", "a"]]);
    assert.equal(decodeEnqueueTask(encoded({ spec: { headers } })), undefined);
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
