/** The hand-written codecs write and read what protobuf-es does. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, fromBinary, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import fc from "fast-check";
import {
  AttemptSchema,
  AttemptState,
  FailureKind,
  FailureSchema,
  PayloadSchema,
  TaskOptionsSchema,
  TaskSpecSchema,
  type TaskSpec,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import { attemptEndAt, encodeAttempt } from "../../src/core/attempt-codec.ts";
import { toTimestamp } from "../../src/core/duration.ts";
import { encodePayload } from "../../src/core/payload-codec.ts";
import { inForce } from "../../src/core/effective-options.ts";
import { encodeSpec, SpecCodec } from "../../src/core/spec-codec.ts";
import { bytesFieldSize, varintSize, WireReader, WireWriter } from "../../src/core/wire.ts";

/** Any text that UTF-8 can hold, short and long, so that lengths need one byte, two, and three. */
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.string({ unit: "binary", maxLength: 300 }).map((value) => value.toWellFormed()),
  fc.nat(20_000).map((length) => "x".repeat(length)),
);
const bytes = fc.uint8Array({ maxLength: 300 });
const payload = fc
  .record({
    body: fc.oneof(
      fc.record({ case: fc.constant("text" as const), value: text }),
      fc.record({ case: fc.constant("data" as const), value: bytes }),
      fc.constant({ case: undefined }),
    ),
    contentType: fc.oneof(fc.constant(""), text),
    schema: fc.oneof(fc.constant(""), text),
    encodings: fc.array(text, { maxLength: 3 }),
  })
  .map((init) => create(PayloadSchema, init));
const time = fc.integer({ min: 0, max: 253_402_300_799_999 });

function same(actual: Uint8Array, expected: Uint8Array): void {
  assert.deepEqual(Buffer.from(actual), Buffer.from(expected));
}

/** A spec that holds nothing but this payload. */
function specOf(encoded: Uint8Array): Uint8Array {
  const writer = new WireWriter(bytesFieldSize(encoded.length));
  writer.bytesField(2, encoded);
  return new Uint8Array(writer.bytes);
}

function payloadIn(spec: Uint8Array) {
  return new SpecCodec().decode(spec).payload;
}

describe("wire", () => {
  it("numbers up to 2^53 are read as they were written", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const writer = new WireWriter(varintSize(value));
        writer.varint(value);
        const reader = new WireReader(writer.bytes);
        assert.equal(reader.varint(), value);
        assert.ok(reader.done);
      }),
    );
  });

  it("bytes that end too early are refused", () => {
    assert.throws(() => new WireReader(Buffer.from([0x80])).varint(), RangeError);
    assert.throws(() => new WireReader(Buffer.from([5, 1, 2])).view(), RangeError);
  });
});

describe("payloads", () => {
  it("are written as protobuf-es writes them, and read again", () => {
    fc.assert(
      fc.property(payload, (message) => {
        const encoded = encodePayload(message);
        same(encoded, toBinary(PayloadSchema, message));
        assert.deepEqual(
          payloadIn(specOf(encoded)),
          fromBinary(PayloadSchema, new Uint8Array(encoded)),
        );
      }),
    );
  });

  it("with a field that is not known are left to protobuf-es", () => {
    const known = create(PayloadSchema, { body: { case: "text", value: "{}" } });
    const later = Buffer.concat([toBinary(PayloadSchema, known), Buffer.from([9 << 3, 1])]);
    assert.deepEqual(payloadIn(specOf(later)), fromBinary(PayloadSchema, new Uint8Array(later)));
  });
});

describe("attempts", () => {
  it("are written as protobuf-es writes them", () => {
    const states = Object.values(AttemptState).filter((state) => typeof state === "number");
    const parts = fc.record({
      number: fc.nat(),
      state: fc.constantFrom(...states),
      workerId: text,
      startAt: time,
      endAt: time,
      message: fc.option(text, { nil: undefined }),
    });
    fc.assert(
      fc.property(parts, ({ startAt, endAt, message, ...rest }) => {
        const failure =
          message === undefined
            ? undefined
            : create(FailureSchema, { kind: FailureKind.APPLICATION, message });
        const expected = create(AttemptSchema, {
          ...rest,
          startTime: toTimestamp(startAt),
          endTime: toTimestamp(endAt),
          failure,
          fencingToken: BigInt(rest.number),
        });
        const encoded = encodeAttempt({
          ...rest,
          startAt,
          endAt,
          failure: failure && toBinary(FailureSchema, failure),
        });
        same(encoded, toBinary(AttemptSchema, expected));
        assert.equal(attemptEndAt(encoded), endAt);
      }),
    );
  });
});

describe("specs", () => {
  const spec = fc
    .record({
      name: text,
      payload: fc.option(payload, { nil: undefined }),
      parentTaskId: fc.oneof(fc.constant(""), text),
      headers: fc.dictionary(text, text, { maxKeys: 2 }),
      unique: fc.option(fc.record({ key: text }), { nil: undefined }),
    })
    .map((init) => create(TaskSpecSchema, init as MessageInitShape<typeof TaskSpecSchema>));
  const options = fc
    .record({
      queue: text,
      priority: fc.option(fc.integer({ min: -1_000, max: 1_000 }), { nil: undefined }),
      retryPolicy: fc.record({ maxAttempts: fc.nat(100), nonRetryableTypes: fc.array(text) }),
    })
    .map((init) => create(TaskOptionsSchema, init as MessageInitShape<typeof TaskOptionsSchema>));

  it("are written as protobuf-es writes them, and read again, also when the options are known", () => {
    fc.assert(
      fc.property(spec, options, (message: TaskSpec, effective) => {
        const codec = new SpecCodec();
        const expected = toBinary(TaskSpecSchema, { ...message, options: effective });
        for (let again = 0; again < 2; again++) {
          same(encodeSpec(message, inForce(effective)), expected);
          same(toBinary(TaskSpecSchema, codec.decode(expected)), expected);
        }
      }),
    );
  });

  it("options that many specs share can't be changed by one of their readers", () => {
    const codec = new SpecCodec();
    const bytes = encodeSpec(
      create(TaskSpecSchema, { name: "a" }),
      inForce(create(TaskOptionsSchema, { retryPolicy: { nonRetryableTypes: ["x"] } })),
    );
    const { options: shared } = codec.decode(bytes);
    assert.throws(() => (shared.queue = "other"), TypeError);
    assert.throws(() => shared.retryPolicy!.nonRetryableTypes.push("y"), TypeError);
  });

  it("go on after more options than are remembered", () => {
    const codec = new SpecCodec();
    for (let priority = 0; priority < 1_100; priority++) {
      const effective = create(TaskOptionsSchema, { priority });
      const bytes = encodeSpec(create(TaskSpecSchema, { name: "a" }), inForce(effective));
      assert.equal(codec.decode(bytes).options.priority, priority);
    }
  });
});
