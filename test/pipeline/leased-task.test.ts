import assert from "node:assert/strict";
import { test } from "node:test";
import { durationMs } from "../../src/core/duration.ts";
import { SpecCodec } from "../../src/core/spec-codec.ts";
import { leasedTask } from "../../src/pipeline/leased-task.ts";
import { makeRecord } from "../../src/testing/contract/records.ts";

const STARTED_AT = 1_000_000;

test("an attempt has all of its limit from the hand-out on, and no more than is left of the total one", () => {
  const cases = [
    { ttl: undefined },
    { attemptTimeoutMs: 500, ttl: 500 },
    { attemptTimeoutMs: 500, totalDeadlineAt: STARTED_AT + 900, ttl: 500 },
    { attemptTimeoutMs: 500, totalDeadlineAt: STARTED_AT + 400, ttl: 373 },
    { totalDeadlineAt: STARTED_AT + 900, ttl: 873 },
    { attemptTimeoutMs: 500, totalDeadlineAt: STARTED_AT, ttl: 0 },
  ];
  for (const { ttl, attemptTimeoutMs = 0, totalDeadlineAt = 0 } of cases) {
    const attemptDeadlineAt = attemptTimeoutMs === 0 ? 0 : STARTED_AT + attemptTimeoutMs;
    const record = makeRecord({ attemptTimeoutMs, attemptDeadlineAt, totalDeadlineAt });
    // The write of the start took 27 ms.
    const { attemptTtl } = leasedTask(record, STARTED_AT + 27, new SpecCodec());
    assert.equal(attemptTtl === undefined ? undefined : durationMs(attemptTtl), ttl);
  }
});
