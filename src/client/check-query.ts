/** Filters as programs without types may give them: a misspelt condition would match more than was meant. */
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { fieldErrors, type FieldViolation } from "../core/errors.ts";
import { unknownOptions } from "../core/known-options.ts";
import { shown } from "../core/shown.ts";
import type { TaskQuery } from "./requests.ts";

/** The conditions; a message's own members are none. */
type Condition = Exclude<keyof TaskQuery, "$typeName" | "$unknown">;

interface Shape {
  readonly expected: string;
  readonly fits: (value: unknown) => boolean;
}

const ALL_STATES: readonly unknown[] = Object.values(TaskState);

const isText = (value: unknown): boolean => typeof value === "string";

const TEXTS: Shape = {
  expected: "a list of texts",
  fits: (value) => Array.isArray(value) && value.every(isText),
};
const STATES: Shape = {
  expected: "a list of states, such as [TaskState.FAILED]",
  fits: (value) => Array.isArray(value) && value.every((state) => ALL_STATES.includes(state)),
};
const LABELS: Shape = {
  expected: "an object of texts",
  fits: (value) => isObject(value) && !Array.isArray(value) && Object.values(value).every(isText),
};
// A Date would be taken for 1970: it has none of the members.
const TIME: Shape = {
  expected: "a Timestamp, such as timestampFromDate(date)",
  fits: (value) => isObject(value) && typeof (value as { seconds?: unknown }).seconds === "bigint",
};

const SHAPES: Readonly<Record<Condition, Shape>> = {
  queues: TEXTS,
  names: TEXTS,
  states: STATES,
  labels: LABELS,
  createTimeFrom: TIME,
  createTimeTo: TIME,
  endTimeFrom: TIME,
  endTimeTo: TIME,
  workerIds: TEXTS,
  parentTaskIds: TEXTS,
  failureTypes: TEXTS,
  uniqueKeys: TEXTS,
  taskIds: TEXTS,
};

const KNOWN = Object.fromEntries(
  [...Object.keys(SHAPES), "$typeName", "$unknown"].map((name) => [name, true as const]),
);

/** The filter; FIELD_VIOLATION naming each condition that there is not, and each whose value is none for it. */
export function checkedQuery(filter: TaskQuery): TaskQuery {
  const faults = [...unknownOptions(filter, KNOWN, "filter."), ...misshapen(filter)];
  if (faults.length > 0) throw fieldErrors(faults);
  return filter;
}

function misshapen(filter: TaskQuery): FieldViolation[] {
  return Object.entries(SHAPES).flatMap(([name, { expected, fits }]) => {
    const value: unknown = Object(filter)[name as Condition];
    if (value === undefined || fits(value)) return [];
    return { field: `filter.${name}`, description: `expected ${expected}; got ${got(value)}` };
  });
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function got(value: unknown): string {
  return value instanceof Date ? "a Date" : shown(value);
}
