/** Values of options for people's eyes. */
import type { Option } from "./option.ts";

/** Secrets, and the passwords in URLs, as `***`. */
export function masked({ secret }: Option<unknown>, value: unknown): unknown {
  if (value === undefined) return undefined;
  if (secret === true) return "***";
  return typeof value === "string" ? withoutPasswords(value) : value;
}

/** The text, with `***` for the passwords of the URLs in it. */
export function withoutPasswords(text: string): string {
  return text.replaceAll(/(:\/\/[^:/@\s]*:)[^@\s]*@/g, "$1***@");
}
