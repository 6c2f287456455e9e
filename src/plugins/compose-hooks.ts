/** Several hooks of one point as one function, by the point's kind. */
import { QTasksError } from "../core/errors.ts";
import type { PointInfo } from "./points.ts";

/** A hook as it was installed. */
export interface InstalledHook {
  /** Name of its plugin. */
  readonly plugin: string;
  readonly hook: unknown;
  /** Whether it hears of the task; undefined: of all. */
  readonly hears: ((task: string) => boolean) | undefined;
}

/** Told of an error that goes no further. */
export type OnHookError = (err: unknown, plugin: string) => void;

type Hook = (...args: unknown[]) => unknown;

/** A function of the point's type. */
export function composeHooks(
  { kind, onError, async = false }: PointInfo,
  installed: readonly InstalledHook[],
  report: OnHookError,
): unknown {
  switch (kind) {
    case "tell":
      return teller(installed, report);
    case "wait":
      return waiter(installed, onError === "isolated" ? report : undefined);
    case "replace":
      return replacer(installed, async);
    case "around":
      return wrapper(installed);
  }
}

function teller(installed: readonly InstalledHook[], report: OnHookError): Hook {
  return (event) => {
    for (const each of installed) {
      if (!isHeard(each, event)) continue;
      try {
        const returned = (each.hook as Hook)(event);
        // Not waited for; but a rejection that nobody handles would end the process.
        if (returned instanceof Promise) returned.catch((err: unknown) => report(err, each.plugin));
      } catch (err) {
        report(err, each.plugin);
      }
    }
  };
}

function waiter(installed: readonly InstalledHook[], report: OnHookError | undefined): Hook {
  return async (event) => {
    for (const { hook, plugin } of installed) {
      try {
        await (hook as Hook)(event);
      } catch (err) {
        if (report === undefined) throw err;
        report(err, plugin);
      }
    }
  };
}

/** Waits only where a hook gives a promise. What is no event is never passed on, nor is what came in its stead. */
function replacer(installed: readonly InstalledHook[], async: boolean): Hook {
  const from = (at: number, event: unknown): unknown => {
    let passed = event;
    for (let next = at; next < installed.length; next++) {
      const each = installed[next]!;
      if (!isHeard(each, passed)) continue;
      const given = (each.hook as Hook)(passed);
      if (async && given instanceof Promise)
        return given.then((value) => from(next + 1, checkEvent(value, each)));
      passed = checkEvent(given, each);
    }
    return passed;
  };
  return (event) => from(0, event);
}

function wrapper(installed: readonly InstalledHook[]): Hook {
  const from = (at: number, event: unknown, innermost: Hook): unknown => {
    const each = installed[at];
    if (each === undefined) return innermost(event);
    const next: Hook = (passed) => from(at + 1, checkEvent(passed, each), innermost);
    return isHeard(each, event) ? (each.hook as Hook)(event, next) : next(event);
  };
  return (event, innermost) => from(0, event, innermost as Hook);
}

function checkEvent(given: unknown, { plugin }: InstalledHook): unknown {
  if (typeof given === "object" && given !== null && !(given instanceof Promise)) return given;
  // Nobody waits for it: were it to reject, it would end the process.
  if (given instanceof Promise) given.catch(() => undefined);
  const got = given instanceof Promise ? "a promise" : typeof given;
  throw new QTasksError(
    "CONFIG_INVALID",
    `a hook of the plugin ${plugin} gave ${got}: expected the event, as it came or another`,
  );
}

function isHeard({ hears }: InstalledHook, event: unknown): boolean {
  return hears === undefined || hears(taskOf(event));
}

/** Events of points that know tasks have the name, or a request that has it. */
function taskOf(event: unknown): string {
  const { task, request } = event as {
    readonly task?: string;
    readonly request?: { readonly spec?: { readonly name: string } };
  };
  return task ?? request?.spec?.name ?? "";
}
