/** Values of options for people's eyes. */
import type { Option } from "./option.ts";

/** Secrets, and the passwords in URLs, as `***`. */
export function masked({ secret }: Option<unknown>, value: unknown): unknown {
  if (value === undefined) return undefined;
  if (secret === true) return "***";
  return typeof value === "string" ? withoutPasswords(value) : value;
}

/** After `scheme://user:`, up to the last `@`: passwords may hold `@`, and in a URL that is none also `/` and `?`. */
const PASSWORD = /(:\/\/[^:@\s"]*:).*@/s;
const SECRET_PARAMETER =
  /([?&](?:password|passwd|pwd|pass|token|secret|auth|api[-_]?key|access[-_]?(?:key|token))=)[^&#"]*/gi;

/** The text of a URL, with `***` for its password and for the parameters whose names say that they are secret. */
export function withoutPasswords(text: string): string {
  return text.replace(PASSWORD, "$1***@").replaceAll(SECRET_PARAMETER, "$1***");
}
