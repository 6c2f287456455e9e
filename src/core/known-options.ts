/** Options that nobody reads: a misspelt one would be lost without a word. */
import { fieldError } from "./errors.ts";
import { suggestion } from "./nearest.ts";

/** Names of options, as the compiler checks them to be complete: `Record<keyof Options, true>`. */
export type KnownOptions = Readonly<Record<string, true>>;

/** What is wrong with the first option that is not known, and its name; undefined where all are. */
export function unknownOption(
  given: object,
  known: KnownOptions,
): { readonly name: string; readonly why: string } | undefined {
  for (const name in given)
    if (known[name] !== true && (given as Record<string, unknown>)[name] !== undefined)
      return { name, why: `no such option${hint(name, Object.keys(known))}` };
  return undefined;
}

/** FIELD_VIOLATION naming the option that is not known, and the one that was probably meant. */
export function checkOptions(given: object, known: KnownOptions): void {
  const unknown = unknownOption(given, known);
  if (unknown !== undefined) throw fieldError(unknown.name, unknown.why);
}

/** What was left off a name is told before what was misspelt: `timeoutMs` is none, `attemptTimeoutMs` is. */
function hint(name: string, known: readonly string[]): string {
  const end = name.toLowerCase();
  const longer = known.find((each) => each.toLowerCase().endsWith(end));
  if (longer !== undefined) return `; did you mean ${longer}?`;
  return suggestion(name, known) || `; expected one of ${known.join(", ")}`;
}
