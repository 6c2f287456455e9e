import assert from "node:assert/strict";
import { test } from "node:test";

import { collectState, parseDuration, parsePast, parseTime } from "../../src/cli/values.ts";
import { payloadText, safe, spanText } from "../../src/cli/words.ts";
import { toPayload } from "../../src/core/payload.ts";

test("durations", () => {
  const parsed = ["0", "250ms", "1.5s", "5m", "2h", "1d"].map(parseDuration);
  assert.deepEqual(parsed, [0, 250, 1_500, 300_000, 7_200_000, 86_400_000]);
  for (const bad of ["", "5", "-1s", "1 s", "1w", "s", "1e3s"])
    assert.throws(() => parseDuration(bad), /duration such as/);
});

test("times and ages", () => {
  assert.equal(parseTime("2030-01-31T12:00:00Z").getTime(), Date.UTC(2030, 0, 31, 12));
  assert.equal(parsePast("2030-01-31T12:00:00Z").getTime(), Date.UTC(2030, 0, 31, 12));
  const anHourAgo = Date.now() - 3_600_000;
  assert.ok(Math.abs(parsePast("1h").getTime() - anHourAgo) < 1_000);
  for (const bad of ["", "now", "2030-13-01", "12:00"]) {
    assert.throws(() => parseTime(bad), /time such as/);
    assert.throws(() => parsePast(bad), /time such as/);
  }
});

test("states by name", () => {
  assert.deepEqual(collectState("failed", collectState("Running")), [3, 17]);
  assert.throws(() => collectState("unspecified"), /Expected one of scheduled/);
});

test("spans in their largest unit", () => {
  const spans = [-5, 12, 59_400, 600_000, 10_800_000, 260_000_000].map(spanText);
  assert.deepEqual(spans, ["0ms", "12ms", "59s", "10m", "3h", "3d"]);
});

test("what others wrote can't steer the terminal", () => {
  assert.equal(safe("a\u001b[2Jb\u0007c\r\nd\te"), "abc\nd\te");
  assert.equal(payloadText(toPayload("x\u001b[1m")), '"x\\u001b[1m"');
  assert.equal(payloadText(toPayload(new Uint8Array(3))), "<3 bytes of application/octet-stream>");
  const encodings = ["zstd", "aes256gcm;kid=\u001b[1ma"];
  assert.equal(
    payloadText({ ...toPayload(new Uint8Array(3)), schema: "acme.A", encodings }),
    "<3 bytes of acme.A, zstd, aes256gcm;kid=a>",
  );
});
