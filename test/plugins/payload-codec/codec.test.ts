import assert from "node:assert/strict";
import { createCipheriv, createSecretKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { PayloadSchema, type Payload } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { fromPayload, protobufPayload, toPayload } from "../../../src/core/payload.ts";
import { EchoRequestSchema } from "../../gen/conformance/v1/conformance_pb.ts";
import { create } from "@bufbuild/protobuf";
import { bytesOf, codecOf, dataOf, NEW, OLD, ringOf } from "./setup.ts";

const LONG = "long and dull ".repeat(1_000);

/** What is refused, and by which words. */
function refused(message: RegExp) {
  return { reason: "MESSAGE_MALFORMED", message };
}

describe("what is encoded comes back as it was", () => {
  const payloads: Record<string, Payload> = {
    json: toPayload({ text: "ü\u{1f600}", n: 1 }),
    "long json": toPayload(LONG),
    "long bytes": bytesOf(new Uint8Array(Buffer.from(LONG)), {
      contentType: "application/x-thing",
    }),
    "no bytes": bytesOf(new Uint8Array()),
    "a byte order mark": { ...toPayload(1), body: { case: "text", value: "\ufeff1" } },
    message: protobufPayload(EchoRequestSchema, create(EchoRequestSchema, { text: LONG })),
    "an empty message": protobufPayload(EchoRequestSchema, create(EchoRequestSchema)),
    xml: { ...toPayload(1), body: { case: "text", value: "<a/>" }, contentType: "text/xml" },
  };
  const codecs = {
    gzip: codecOf({ compress: "gzip" }),
    zstd: codecOf({ compress: "zstd" }),
    encrypted: codecOf({ encrypt: ringOf() }),
    both: codecOf({ compress: { minBytes: 0 }, encrypt: ringOf() }),
  };
  for (const [codecName, { encode, decode }] of Object.entries(codecs))
    test(codecName, () => {
      for (const [name, payload] of Object.entries(payloads)) {
        const before = structuredClone(payload);
        const encoded = encode(payload);
        assert.deepEqual(decode(encoded), before, name);
        assert.deepEqual(payload, before, "the program's own payload is left alone");
        assert.equal(encoded.contentType, payload.contentType);
        assert.equal(encoded.schema, payload.schema);
      }
    });
});

test("the encodings say what was done, in order", () => {
  const both = codecOf({ compress: "zstd", encrypt: ringOf() });
  assert.deepEqual(both.encode(toPayload(LONG)).encodings, [
    "utf-8",
    "zstd",
    "aes256gcm;kid=2026-11",
  ]);
  assert.deepEqual(both.encode(toPayload(1)).encodings, ["utf-8", "aes256gcm;kid=2026-11"]);
  const gzip = codecOf({ compress: "gzip" });
  assert.deepEqual(gzip.encode(bytesOf(Buffer.from(LONG))).encodings, ["gzip"]);
});

test("only what gets smaller is compressed, and what is worth it", () => {
  const { encode } = codecOf({ compress: { minBytes: 100 } });
  const [short, dense] = [toPayload("a".repeat(97)), bytesOf(zstdCompressSync(Buffer.from(LONG)))];
  assert.equal(encode(short), short, "99 bytes");
  assert.equal(encode(toPayload("a".repeat(98))).encodings.length, 2, "100 bytes");
  assert.equal(encode(dense), dense);
  const empty = { ...toPayload(1), body: { case: undefined } } as const;
  assert.equal(codecOf({ compress: "gzip", encrypt: ringOf() }).encode(empty), empty);
});

test("what could not be decompressed again is not compressed", () => {
  const { encode, decode } = codecOf({ compress: "zstd", maxDecodedBytes: 2_000 });
  const large = toPayload("a".repeat(2_000));
  assert.equal(encode(large), large);
  const fits = toPayload("a".repeat(1_998));
  assert.deepEqual(decode(encode(fits)), fits);
});

test("each payload has a nonce of its own", () => {
  const { encode } = codecOf({ encrypt: ringOf() });
  const nonces = Array.from({ length: 100 }, () =>
    Buffer.from(dataOf(encode(toPayload("same"))).subarray(1, 13)).toString("hex"),
  );
  assert.equal(new Set(nonces).size, 100);
});

test("a payload that is encrypted is handed on as it is; one that another program compressed is encrypted", () => {
  const { encode } = codecOf({ encrypt: ringOf({ old: OLD, "2026-11": NEW }) });
  const old = codecOf({ encrypt: ringOf({ old: OLD }, "old") }).encode(toPayload(1));
  assert.equal(encode(old), old);
  const theirs = bytesOf(gzipSync("1"), { contentType: "application/json", encodings: ["gzip"] });
  const mine = encode(theirs);
  assert.deepEqual(mine.encodings, ["gzip", "aes256gcm;kid=2026-11"]);
  assert.equal(fromPayload(codecOf({ encrypt: ringOf() }).decode(mine)), 1);
});

test("the format is what the guide says: another program's payload, made by hand", () => {
  const encodings = ["utf-8", "aes256gcm;kid=2026-11"];
  const nonce = Buffer.from("000102030405060708090a0b", "hex");
  const cipher = createCipheriv("aes-256-gcm", NEW, nonce);
  const field = (text: string) =>
    Buffer.concat([Buffer.of(0, 0, 0, Buffer.byteLength(text)), Buffer.from(text)]);
  cipher.setAAD(Buffer.concat(["qtasks.payload", "application/json", "", ...encodings].map(field)));
  const body = Buffer.concat([cipher.update('{"ü":1}'), cipher.final()]);
  const data = Buffer.concat([Buffer.of(1), nonce, body, cipher.getAuthTag()]);
  const payload = bytesOf(data, { contentType: "application/json", encodings });
  const decoded = codecOf({ encrypt: ringOf() }).decode(payload);
  assert.deepEqual(fromPayload(decoded), { ü: 1 });
  assert.equal(decoded.body.case, "text");
});

test("the guide's own example can be read", () => {
  const guide = readFileSync(
    new URL("../../../docs/guides/encryption.md", import.meta.url),
    "utf8",
  );
  const data = /^01000102030405060708090a0b[0-9a-f]+$/m.exec(guide)?.[0];
  assert.ok(data !== undefined);
  const key = Buffer.from(Array.from({ length: 32 }, (_, at) => at));
  const payload = bytesOf(Buffer.from(data, "hex"), {
    contentType: "",
    encodings: ["utf-8", "aes256gcm;kid=2026-11"],
  });
  const { decode } = codecOf({ encrypt: ringOf({ "2026-11": key }) });
  assert.deepEqual(decode(payload), toPayload({ ü: 1 }));
});

describe("what was changed is refused", () => {
  const { encode, decode } = codecOf({ compress: { minBytes: 0 }, encrypt: ringOf() });
  const payload = encode(
    protobufPayload(EchoRequestSchema, create(EchoRequestSchema, { text: LONG })),
  );
  const changes: Record<string, Partial<Payload>> = {
    "the content type": { contentType: "application/json" },
    "the schema": { schema: "conformance.v1.CountRequest" },
    "the compression": { encodings: ["gzip", "aes256gcm;kid=2026-11"] },
    "a missing compression": { encodings: ["aes256gcm;kid=2026-11"] },
    "content type and schema, run together": {
      contentType: payload.contentType + payload.schema,
      schema: "",
    },
  };
  for (const [name, change] of Object.entries(changes))
    test(name, () => {
      const why = /is not what was encrypted with the key 2026-11/;
      assert.throws(() => decode({ ...payload, ...change }), refused(why));
    });
  test("any byte", () => {
    const data = dataOf(payload);
    for (let at = 1; at < data.length; at++) {
      const bytes = Buffer.from(data);
      bytes[at]! ^= 1;
      assert.throws(
        () => decode({ ...payload, body: { case: "data", value: bytes } }),
        refused(/is not what was encrypted/),
        `byte ${at}`,
      );
    }
  });
  test("the length", () => {
    for (const length of [0, 1, 28]) {
      const short = { case: "data", value: dataOf(payload).subarray(0, length) } as const;
      const why = new RegExp(`${length} bytes are too few`);
      assert.throws(() => decode({ ...payload, body: short }), refused(why));
    }
    const cut = { case: "data", value: dataOf(payload).subarray(0, -1) } as const;
    assert.throws(() => decode({ ...payload, body: cut }), refused(/is not what was encrypted/));
  });
  test("the version of the format", () => {
    const bytes = Buffer.from(dataOf(payload));
    bytes[0] = 2;
    const body = { case: "data", value: bytes } as const;
    assert.throws(() => decode({ ...payload, body }), refused(/version 2 of aes256gcm/));
  });
});

test("a key that is not there, or another one under the same id, is named", () => {
  const { encode } = codecOf({ encrypt: ringOf() });
  const payload = encode(toPayload("secret"));
  const cases = [
    [{ encrypt: ringOf({ other: OLD }, "other") }, /the key 2026-11, which is not in the key ring/],
    [{}, /the key 2026-11, and this app has no keys/],
    [{ encrypt: ringOf({ "2026-11": OLD }) }, /encrypted with the key 2026-11: another key/],
  ] as const;
  for (const [options, message] of cases)
    assert.throws(() => codecOf(options).decode(payload), {
      ...refused(message),
      metadata: { key_id: "2026-11" },
    });
  const odd = {
    current: "2026-11",
    key: (id: string) => (id === "2026-11" ? NEW : OLD.subarray(1)),
  };
  const short = codecOf({ encrypt: { keys: odd } });
  const old = codecOf({ encrypt: ringOf({ old: OLD }, "old") }).encode(toPayload(1));
  assert.throws(() => short.decode(old), refused(/old is to be .* 32 bytes; got 31 bytes/));
});

test("what is compressed to be huge is not decompressed", () => {
  const { decode } = codecOf({});
  const zeros = Buffer.alloc(64 << 20);
  const bombs: [string, Uint8Array][] = [
    ["gzip", gzipSync(zeros)],
    ["zstd", zstdCompressSync(zeros)],
    ["gzip", Buffer.concat(Array.from({ length: 3 }, () => gzipSync(zeros.subarray(0, 400_000))))],
  ];
  for (const [encoding, bomb] of bombs) {
    const why = new RegExp(`more than 1048576 bytes when its ${encoding} is decompressed`);
    assert.throws(() => decode(bytesOf(bomb, { encodings: [encoding] })), refused(why));
  }
  const nested = gzipSync(gzipSync(zeros));
  const payload = bytesOf(nested, { encodings: ["gzip", "gzip"] });
  assert.throws(() => decode(payload), refused(/more than 1048576 bytes/));
});

test("bytes that are not what their encodings say are refused, and the bytes are not told", () => {
  const { decode } = codecOf({ encrypt: ringOf() });
  const secret = Buffer.from("secret");
  for (const encoding of ["gzip", "zstd"])
    assert.throws(
      () => decode(bytesOf(secret, { encodings: [encoding] })),
      refused(new RegExp(`^payload: not the ${encoding} that it says it is$`)),
    );
  assert.throws(
    () => decode(bytesOf(Buffer.of(0xff), { encodings: ["utf-8"] })),
    refused(/not the utf-8/),
  );
  for (const encoding of ["aes256gcm", "aes256gcm;kid=", "aes256gcm;kid=a b", "aes256gcm;key=a"])
    assert.throws(
      () => decode(bytesOf(Buffer.alloc(40), { encodings: [encoding] })),
      refused(/is not aes256gcm;kid=ID/),
    );
  const text = { ...toPayload("a"), encodings: ["zstd"] };
  assert.throws(() => decode(text), refused(/the encoding zstd is of bytes; there are none/));
});

test("encodings of other codecs are left to them, from where they are", () => {
  const { encode, decode } = codecOf({ encrypt: ringOf() });
  const inner = bytesOf(new Uint8Array([1]), { encodings: ["theirs"] });
  assert.deepEqual(decode(encode(inner)), inner);
  const outer = {
    ...encode(toPayload(1)),
    encodings: ["utf-8", "aes256gcm;kid=2026-11", "theirs"],
  };
  assert.equal(decode(outer), outer);
  assert.throws(() => fromPayload(decode(outer)), refused(/no codec for the encoding .*theirs/));
});

test("where encryption is required, what is plain or only compressed is refused", () => {
  const strict = codecOf({ encrypt: ringOf(), requireEncryption: true });
  const plain = [toPayload(1), bytesOf(gzipSync("1"), { encodings: ["gzip"] })];
  for (const payload of plain)
    assert.throws(() => strict.decode(payload), refused(/not encrypted, as this app requires/));
  assert.equal(fromPayload(strict.decode(strict.encode(toPayload(1)))), 1);
  // One without a body is left as it is on its way out: there is nothing in it.
  const empty = strict.encode(create(PayloadSchema));
  assert.equal(fromPayload(strict.decode(empty)), null);
  const lax = codecOf({ encrypt: ringOf() });
  assert.equal(lax.decode(plain[0]!), plain[0]);
});

test("keys may be KeyObjects, and a ring of the program's own may rotate while it runs", () => {
  const keys = { current: "a", key: (id: string) => ({ a: OLD, b: createSecretKey(NEW) })[id] };
  const { encode, decode } = codecOf({ encrypt: { keys } });
  const first = encode(toPayload(1));
  keys.current = "b";
  const second = encode(toPayload(2));
  assert.deepEqual(
    [first, second].map(({ encodings }) => encodings[1]),
    ["aes256gcm;kid=a", "aes256gcm;kid=b"],
  );
  assert.deepEqual(
    [first, second].map((payload) => fromPayload(decode(payload))),
    [1, 2],
  );
  keys.current = "c";
  assert.throws(() => encode(toPayload(3)), {
    reason: "CONFIG_INVALID",
    message: /the current key, c, is not in the ring/,
  });
});
