/** Facts of log lines that can be cloned. */
import { inspect } from "node:util";
import type { LogFields } from "../context.ts";

/** The same facts; those that can't be cloned as a text. */
export function logFields(fields: LogFields): LogFields {
  const pairs = Object.entries(fields).map(([key, value]) => [key, plain(value)]);
  return Object.fromEntries(pairs) as LogFields;
}

function plain(value: unknown): unknown {
  if (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol")
    return value;
  try {
    return structuredClone(value);
  } catch {
    return inspect(value, { depth: 3, breakLength: Infinity });
  }
}
