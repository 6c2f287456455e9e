import assert from "node:assert/strict";
import { createSecretKey, generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import {
  keyRing,
  payloadCodec,
  type KeyRing,
  type PayloadCodecOptions,
} from "../../../src/plugins/payload-codec/index.ts";
import { NEW } from "./setup.ts";

function invalid(message: RegExp) {
  return { reason: "CONFIG_INVALID", message };
}

test("options that can't be are refused, by name, expectation and value", () => {
  const keys = keyRing("a", { a: NEW });
  const cases: [PayloadCodecOptions, RegExp][] = [
    [{ compress: "lz4" as "gzip" }, /compress: expected "gzip", "zstd" or false; got "lz4"/],
    [{ compress: { level: 23 } }, /compress.level: expected a whole number of 1 to 22; got 23/],
    [{ compress: { algorithm: "gzip", level: 10 } }, /compress.level: .* 1 to 9; got 10/],
    [{ compress: { minBytes: -1 } }, /compress.minBytes: .*; got -1/],
    [{ maxDecodedBytes: 0.5 }, /maxDecodedBytes: expected a whole number of 1 .*; got 0.5/],
    [{ requireEncryption: true }, /requireEncryption: expected to come with encrypt/],
    [{ encrypt: {} as { keys: KeyRing } }, /encrypt.keys: is to be a KeyRing/],
    [{ encrypt: { keys: { a: NEW } as never } }, /encrypt.keys: is to be a KeyRing/],
    [{ encrypt: { keys: { ...keys, current: "b" } } }, /the current key, b, is not in the ring/],
  ];
  for (const [options, message] of cases)
    assert.throws(() => payloadCodec(options), invalid(message));
  for (const compress of [false, "gzip", "zstd", {}] as const)
    assert.equal(payloadCodec({ compress }).name, "payload-codec");
});

test("keys are 32 bytes, and an error never has one in it", () => {
  const secret = "correct horse battery staple";
  const cases: [unknown, RegExp][] = [
    [secret, /a is to be a Buffer or KeyObject of 32 bytes; got string$/],
    [Buffer.from(secret), /a is to be .*; got 28 bytes$/],
    [Buffer.alloc(33), /got 33 bytes$/],
    [createSecretKey(Buffer.alloc(16)), /got a secret key of 16 bytes$/],
    [generateKeyPairSync("ed25519").publicKey, /got a public key$/],
    [undefined, /got undefined$/],
  ];
  for (const [key, message] of cases)
    assert.throws(() => keyRing("a", { a: key as Buffer }), invalid(message));
});

test("ids of keys are names", () => {
  for (const id of ["", "a b", "a;b", "a=b", "-a", "ü", "a".repeat(65)])
    assert.throws(() => keyRing(id, { [id]: NEW }), invalid(/a key's id is 1 to 64 letters/));
  for (const id of ["1", "2026-11", "kms.alias_x", "a".repeat(64)])
    assert.equal(keyRing(id, { [id]: NEW }).current, id);
  assert.throws(() => keyRing("b", { a: NEW }), invalid(/the current key, b, is not in the ring/));
  assert.equal(keyRing("a", { a: NEW }).key("toString"), undefined);
});

test("the bytes of a key may be wiped once the ring is made", () => {
  const bytes = Buffer.from(NEW);
  const ring = keyRing("a", { a: bytes });
  bytes.fill(0);
  assert.ok(createSecretKey(NEW).equals(ring.key("a") as never));
});
