/** Records as callers make them, and the ways to bring one into a state. */
import { createHash } from "node:crypto";
import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttemptState,
  FailureSchema,
  PayloadSchema,
  TaskSpecSchema,
  TaskState,
} from "../../../gen/qtasksapi/v1/task_pb.ts";
import { nonce, uuidv7 } from "../../core/ids.ts";
import type { TaskRecord } from "../../core/record.ts";
import { labelTag, parentTag, uniqueTag } from "../../core/tags.ts";
import { annotate, start, type StartParams } from "../../core/transitions.ts";

/**
 * A new record, as an enqueue makes it: PENDING, or SCHEDULED where `dueAt` lies ahead. Times that are
 * not given follow from those that are; `createdAt` is now.
 */
export function makeRecord(overrides: Partial<TaskRecord> = {}): TaskRecord {
  const now = Date.now();
  const createdAt = overrides.createdAt ?? now;
  const dueAt = overrides.dueAt ?? createdAt;
  const name = overrides.name ?? "mail.send";
  return {
    id: uuidv7(createdAt),
    name,
    queue: "default",
    spec: makeSpec(name),
    tags: [],
    attemptTimeoutMs: 0,
    retentionMs: 3_600_000,
    createdAt,
    state: dueAt > now ? TaskState.SCHEDULED : TaskState.PENDING,
    revision: 1,
    priority: 0,
    dueAt,
    orderAt: dueAt,
    startedAt: 0,
    updatedAt: createdAt,
    endedAt: 0,
    purgeAt: 0,
    pendingDeadlineAt: 0,
    totalDeadlineAt: 0,
    attempt: 0,
    charged: 0,
    lost: 0,
    undelivered: 0,
    manualRetries: 0,
    nonce: "",
    leaseEndAt: 0,
    delivered: false,
    attemptStartedAt: 0,
    attemptDeadlineAt: 0,
    forceAt: 0,
    workerId: "",
    sessionId: "",
    eventSequence: 0,
    attemptEvents: 0,
    attemptOutputs: 0,
    outputCount: 0,
    outputBytes: 0,
    stamp: 0,
    cancelReason: "",
    ended: [],
    ...overrides,
  };
}

/** An encoded spec with a payload of that many bytes, among them every byte value. */
export function makeSpec(name: string, payloadBytes = 256): Uint8Array {
  const payload = create(PayloadSchema, {
    body: { case: "data", value: everyByte(payloadBytes) },
  });
  return toBinary(TaskSpecSchema, create(TaskSpecSchema, { name, payload }));
}

/** Bytes 0 to 255, over and over: what breaks wherever bytes are taken for text. */
export function everyByte(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index & 0xff);
}

export function makeFailure(type: string): Uint8Array {
  return toBinary(FailureSchema, create(FailureSchema, { type, message: `was ${type} – ü` }));
}

/** The tag of a unique key, for {@link makeRecord}. */
export function uniqueTags(key: string, name = "mail.send"): string[] {
  return [uniqueTag(name, key)];
}

/** A waiting record in which every field that may differ from its default does. */
export function fullRecord(overrides: Partial<TaskRecord> = {}): TaskRecord {
  const now = Date.now();
  return makeRecord({
    name: `a-long-name/${"n".repeat(243)}`,
    queue: `q${"-".repeat(98)}!`,
    tags: [
      labelTag("größe", "42 µm “quoted” 🐘"),
      parentTag("p~1"),
      uniqueTag("mail.send", "key:é"),
    ],
    attemptTimeoutMs: 30_000,
    priority: -1000,
    startedAt: now - 400,
    pendingDeadlineAt: now + 100_000,
    totalDeadlineAt: now + 200_000,
    attempt: 4,
    charged: 3,
    lost: 2,
    undelivered: 1,
    manualRetries: 5,
    attemptStartedAt: now - 300,
    workerId: "wörker-1",
    sessionId: "session-Ω",
    eventSequence: 2 ** 40,
    attemptEvents: 11,
    attemptOutputs: 7,
    outputCount: 6,
    outputBytes: 64 * 1024 * 1024,
    stamp: 0xfedcba98,
    cancelReason: "weil 🛑 it was\u0000 asked for",
    result: everyByte(300),
    failure: makeFailure("Timeout"),
    progress: everyByte(3),
    checkpoint: new Uint8Array(0),
    ended: [1, 2, 3].map((number) => ({
      number,
      state: AttemptState.LOST,
      nonce: nonce(),
      reported: number === 2,
      body: everyByte(number * 100),
    })),
    ...overrides,
  });
}

/** A lease of 30 s, taken now, with a nonce of its own. */
export function startParams(overrides: Partial<StartParams> = {}): StartParams {
  return {
    now: Date.now(),
    nonce: nonce(),
    sessionId: "session-1",
    workerId: "worker-1",
    leaseMs: 30_000,
    delivered: false,
    ...overrides,
  };
}

/** `start` of core/transitions.ts with {@link startParams}. */
export function startNow(record: TaskRecord, overrides: Partial<StartParams> = {}): TaskRecord {
  return start(record, startParams(overrides));
}

/** `annotate` of core/transitions.ts, for a record whose events go on to that sequence. */
export function noted(record: TaskRecord, eventSequence: number): TaskRecord {
  const { leaseEndAt } = record;
  return annotate(record, Date.now(), { eventSequence, leaseEndAt, delivered: true });
}

/** A value in which bytes of any kind are alike and unset fields are left out, for deep comparison. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return plainBytes(value);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, plain(item)]));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, plain(item)]),
  );
}

/** Long ones by their hash, so that a failure can be read. */
function plainBytes(bytes: Uint8Array): string {
  const text =
    bytes.length > 32
      ? createHash("sha256").update(bytes).digest("base64url")
      : Buffer.from(bytes).toString("base64url");
  return `${bytes.length} bytes ${text}`;
}
