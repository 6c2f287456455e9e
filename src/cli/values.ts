/** Readers of option values. Each throws a message that says what is expected. */
import { InvalidArgumentError } from "commander";

import { TaskStateSchema, type TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { stateName } from "../client/index.ts";
import { address } from "../config/option.ts";

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `500ms`, `1.5s`, `5m`, `2h`, `1d` or `0`, as ms. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  if (match === null && text !== "0")
    throw new InvalidArgumentError("Expected a duration such as 500ms, 30s, 5m, 2h or 1d.");
  return match === null ? 0 : Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}

/** An ISO 8601 time. */
export function parseTime(text: string): Date {
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : undefined;
  if (time === undefined || Number.isNaN(time.getTime()))
    throw new InvalidArgumentError("Expected a time such as 2030-01-31T12:00:00Z.");
  return time;
}

/** An ISO 8601 time, or how long ago: `2h` is two hours before now. */
export function parsePast(text: string): Date {
  if (/^\d{4}-/.test(text)) return parseTime(text);
  try {
    return new Date(Date.now() - parseDuration(text));
  } catch {
    throw new InvalidArgumentError(
      "Expected a time such as 2030-01-31T12:00:00Z, or an age as 2h.",
    );
  }
}

/** A whole number from `min` on. */
export function parseWhole(min: number) {
  return (text: string): number => {
    const number = Number(text);
    if (text.trim() === "" || !Number.isSafeInteger(number) || number < min)
      throw new InvalidArgumentError(`Expected a whole number of at least ${min}.`);
    return number;
  };
}

/** `HOST:PORT`. */
export function parseAddress(text: string): string {
  const found = address.accept(text);
  if (found === undefined) throw new InvalidArgumentError(`Expected ${address.expected}.`);
  return found;
}

/** One more `KEY=VALUE`, for an option that may be repeated. */
export function collectPair(
  text: string,
  previous: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Expected KEY=VALUE.");
  return { ...previous, [text.slice(0, at)]: text.slice(at + 1) };
}

/** One more value, for an option that may be repeated. */
export function collect(text: string, previous: readonly string[] = []): string[] {
  return [...previous, text];
}

/** One more state by its name, in any case. */
export function collectState(text: string, previous: readonly TaskState[] = []): TaskState[] {
  const known = TaskStateSchema.values.filter(({ number }) => number !== 0);
  const found = known.find(({ number }) => stateName(number) === text.toUpperCase());
  if (found === undefined) {
    const names = known.map(({ number }) => stateName(number).toLowerCase());
    throw new InvalidArgumentError(`Expected one of ${names.join(", ")}.`);
  }
  return [...previous, found.number as TaskState];
}

/** A grace period as ms: seconds, or a duration with its unit. */
export function parseGrace(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : parseDuration(text);
}
