/** Whether objects that a program hands in are what they are taken for; unset is well. */
import type { FieldViolation } from "./errors.ts";
import { typeName, unexpected } from "./shown.ts";

export function notClock(field: string, given: unknown): FieldViolation[] {
  return withoutMethods(field, "a clock", given, ["now", "monotonic", "setTimer", "clearTimer"]);
}

export function notExecutor(field: string, given: unknown): FieldViolation[] {
  return withoutMethods(field, "an executor, such as threads()", given, ["run"]);
}

export function notFunction(field: string, given: unknown): FieldViolation[] {
  if (given === undefined || typeof given === "function") return [];
  return [unexpected(field, "a function", given)];
}

export function notLogger(field: string, given: unknown): FieldViolation[] {
  const methods = ["child", "debug", "info", "warn", "error"];
  return withoutMethods(field, "a logger with pino's methods", given, methods);
}

function withoutMethods(
  field: string,
  expected: string,
  given: unknown,
  methods: readonly string[],
): FieldViolation[] {
  if (given === undefined) return [];
  const object = Object(given) as Readonly<Record<string, unknown>>;
  const missing = methods.filter((name) => typeof object[name] !== "function");
  if (missing.length === 0) return [];
  const got = object === given ? `one without ${missing.join(", ")}` : typeName(given);
  return [{ field, description: `expected ${expected}; got ${got}` }];
}
