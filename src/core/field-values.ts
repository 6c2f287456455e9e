/** Values that requests can hold: one that can't be encoded would fail all that are sent together with it. */
import { checkText } from "./check-text.ts";
import { fieldError } from "./errors.ts";
import { shown } from "./shown.ts";

const MAX_INT32 = 2 ** 31 - 1;

/** A whole number as a message can hold it; unset stays unset. FIELD_VIOLATION for another. */
export function whole(field: string, value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && Math.abs(value) <= MAX_INT32) return value;
  throw fieldError(field, `expected a whole number, not ${String(value)}`);
}

/** A copy; none where it is unset. FIELD_VIOLATION for what is no object, naming the key whose value is no text. */
export function texts(
  field: string,
  values: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  if (values === undefined) return {};
  // A text would be taken apart into its letters.
  if (typeof values !== "object" || values === null || Array.isArray(values))
    throw fieldError(field, `expected an object of texts; got ${shown(values)}`);
  const copy = { ...values };
  for (const key in copy) checkText(`${field}.${key}`, copy[key]);
  return copy;
}

/** A copy; none where it is unset. FIELD_VIOLATION for what is no list, or has what is no text in it. */
export function textList(field: string, values: readonly string[] | undefined): string[] {
  if (values === undefined) return [];
  if (!Array.isArray(values))
    throw fieldError(field, `expected a list of texts; got ${shown(values)}`);
  for (const [index, value] of values.entries()) checkText(`${field}[${index}]`, value);
  return [...values];
}

/** The value of a name; 0 where it is unset. FIELD_VIOLATION for a name that there is not. */
export function oneOf<Value extends number>(
  field: string,
  values: Readonly<Record<string, Value>>,
  name: string | undefined,
): Value | 0 {
  if (name === undefined) return 0;
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value !== undefined) return value;
  throw fieldError(field, `expected one of ${Object.keys(values).join(", ")}; got ${shown(name)}`);
}
