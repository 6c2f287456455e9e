/** Which calls a fault hits, and how. */
import { QTasksError } from "../../core/errors.ts";
import type { CallName, ComponentCall } from "./around-calls.ts";

/** All optional: without any, every call fails before it takes effect, until the fault is lifted. */
export interface FaultOptions {
  /** Which calls. @default all that go to a datastore */
  readonly methods?: readonly CallName[] | undefined;
  /** Of these calls, those with such parameters. @default all */
  readonly matching?: ((params: unknown) => boolean) | undefined;
  /**
   * `before`: the call never arrives. `after`: it takes effect, and its answer is lost.
   * @default "before"
   */
  readonly when?: "before" | "after" | undefined;
  /** How many calls, 1 or more; the next go through. @default until the fault is lifted */
  readonly times?: number | undefined;
  /** The call hangs for so long before it fails, in ms of real time, 0 or more. @default 0 */
  readonly delayMs?: number | undefined;
  /** Made for each call that fails. @default STORAGE_UNAVAILABLE or BROKER_UNAVAILABLE */
  readonly error?: (() => Error) | undefined;
}

/** @internal Complete options. */
export interface ResolvedFault {
  readonly when: "before" | "after";
  readonly times: number;
  readonly delayMs: number;
  readonly fits: (call: ComponentCall) => boolean;
  readonly error: ((call: ComponentCall) => Error) | undefined;
}

/** @internal `fallback` makes the error where the options don't; undefined: the call is only late. */
export function resolveFault(
  options: FaultOptions,
  fallback: ((call: ComponentCall) => Error) | undefined,
): ResolvedFault {
  const { methods, matching, when = "before", times = Infinity, delayMs = 0, error } = options;
  const whole = times === Infinity || Number.isInteger(times);
  check("times", times, "a whole number from 1", whole && times >= 1);
  check("delayMs", delayMs, "a number from 0 to 2147483647", delayMs >= 0 && delayMs < 2 ** 31);
  check("methods", methods, "at least one name", methods === undefined || methods.length > 0);
  const wanted = methods && new Set<string>(methods);
  return {
    when,
    times,
    delayMs,
    fits: ({ method, params }) =>
      (wanted === undefined || wanted.has(method)) && (matching === undefined || matching(params)),
    error: error ?? fallback,
  };
}

function check(option: string, value: unknown, expected: string, isSound: boolean): void {
  if (isSound) return;
  const got = JSON.stringify(value) ?? String(value);
  throw new QTasksError("CONFIG_INVALID", `${option} of a fault must be ${expected}; got ${got}`);
}
