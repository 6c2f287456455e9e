/** Equality of what a subject and the model answer. */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { stateAt, type TaskRecord } from "../../../src/core/record.ts";

/**
 * A value for deep comparison: bytes as text, unset fields left out, and of records the state as it is read, since
 * a storage may write down that a task has become due.
 */
export function comparable(value: unknown, now: number): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  if (value instanceof Map)
    return [...value]
      .map(([key, item]) => [key, comparable(item, now)] as const)
      .toSorted(([a], [b]) => Number(a) - Number(b));
  if (Array.isArray(value)) return value.map((item) => comparable(item, now));
  if (typeof value !== "object" || value === null) return value;
  const plain: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value))
    if (item !== undefined) plain[key] = comparable(item, now);
  if ("orderAt" in value && "dueAt" in value) plain["state"] = stateAt(value as TaskRecord, now);
  return plain;
}

/** Fails where the two differ, naming what was asked. */
export function assertSame(what: string, actual: unknown, expected: unknown, now: number): void {
  const [is, should] = [comparable(actual, now), comparable(expected, now)];
  if (isDeepStrictEqual(is, should)) return;
  try {
    assert.deepStrictEqual(is, should);
  } catch (error) {
    throw new Error(`${what}: not as the model has it\n${(error as Error).message}`, {
      cause: error,
    });
  }
}
