/** Values from programs without types, as messages show them. */
import type { FieldViolation } from "./errors.ts";

/** `null`, `string`, `object` …: where the value itself may be large or secret. */
export function typeName(value: unknown): string {
  return value === null ? "null" : typeof value;
}

/** As JSON where there is such a thing, else by its type. */
export function shown(value: unknown): string {
  try {
    return JSON.stringify(value, withBigInts) ?? typeName(value);
  } catch {
    return typeName(value);
  }
}

/** A field whose value is of another kind than expected. */
export function unexpected(field: string, expected: string, given: unknown): FieldViolation {
  return { field, description: `expected ${expected}; got ${typeName(given)}` };
}

function withBigInts(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}
