/** Names and ids as programs without types may give them. */
import { fieldError } from "./errors.ts";
import { typeName } from "./shown.ts";

/** FIELD_VIOLATION where the value is no text. */
export function checkText(field: string, value: unknown): void {
  if (typeof value === "string") return;
  throw fieldError(field, `expected a text, not ${typeName(value)}`);
}
