/** Options that nobody reads: a misspelt one would be lost without a word. */
import { fieldErrors, QTasksError, type FieldViolation } from "./errors.ts";
import { suggestion } from "./nearest.ts";
import { unexpected } from "./shown.ts";

/** Names of options. */
export type KnownOptions = Readonly<Record<string, true>>;

/** All names of these options: the compiler misses one that is not there. */
export type NamesOf<Options> = Readonly<Record<keyof Options, true>>;

/**
 * What is wrong with each option that is not known, or with options that are no object; empty where all is well. `of` is
 * put before the names, such as `retry.`; it ends with a dot.
 */
export function unknownOptions(given: unknown, known: KnownOptions, of = ""): FieldViolation[] {
  if (typeof given !== "object" || given === null) return [noObject(given, of)];
  const faults: FieldViolation[] = [];
  for (const name in given)
    if (isUnknown(given, name, known)) faults.push(noSuch(name, Object.keys(known), of));
  return faults;
}

/** FIELD_VIOLATION naming each option that is not known, and the one that was probably meant. */
export function checkOptions(given: object, known: KnownOptions, of = ""): void {
  if (typeof given !== "object" || given === null) throw fieldErrors([noObject(given, of)]);
  for (const name in given)
    if (isUnknown(given, name, known)) throw fieldErrors(unknownOptions(given, known, of));
}

/** As {@link checkOptions}, with CONFIG_INVALID; `whose` options they are is told first. */
export function checkConfigOptions(whose: string, given: object, known: KnownOptions): void {
  throwConfigFaults(whose, unknownOptions(given, known));
}

/** CONFIG_INVALID naming all faults, each as a field too; nothing where there are none. */
export function throwConfigFaults(whose: string, faults: readonly FieldViolation[]): void {
  if (faults.length === 0) return;
  const told = faults.map(({ field, description }) => `${field}: ${description}`);
  throw new QTasksError("CONFIG_INVALID", `${whose}: ${told.join("; ")}`, { fields: faults });
}

/** What is undefined is as if it were not there, and so is what a class gives, as an AbortController's `abort`. */
function isUnknown(given: object, name: string, known: KnownOptions): boolean {
  if (known[name] === true || !Object.hasOwn(given, name)) return false;
  return (given as Record<string, unknown>)[name] !== undefined;
}

function noSuch(name: string, known: readonly string[], of: string): FieldViolation {
  return { field: of + name, description: `no such option${hint(name, known)}` };
}

function noObject(given: unknown, of: string): FieldViolation {
  return unexpected(of.slice(0, -1) || "options", "an object", given);
}

/**
 * The end of a message: the name that was probably meant, else all there are. A time without its unit is told first: `grace`
 * is `graceMs`, not `grpc`. Then what is misspelt, before what was left off a name: `timeoutMs` is none, `attemptTimeoutMs` is.
 */
export function hint(name: string, known: readonly string[]): string {
  if (known.includes(`${name}Ms`)) return `; did you mean ${name}Ms?`;
  const near = suggestion(name, known);
  if (near !== "") return near;
  const part = name.toLowerCase();
  const longer =
    known.find((each) => each.toLowerCase().endsWith(part)) ??
    known.find((each) => each.toLowerCase().startsWith(part));
  return longer === undefined
    ? `; expected one of ${known.join(", ")}`
    : `; did you mean ${longer}?`;
}
