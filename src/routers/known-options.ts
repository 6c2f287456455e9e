/** Refuses options of tasks and routers that nobody reads, as programs without types may give them. */
import { QTasksError } from "../core/errors.ts";
import { unknownOption, type KnownOptions } from "../core/known-options.ts";
import { RETRY_SETTINGS, TASK_SETTINGS, type RetrySettings } from "../core/task-settings.ts";
import { checkUse } from "../worker/use.ts";
import type { RouterOptions } from "./router-options.ts";
import type { TaskDefaults } from "./task-defaults.ts";
import type { TaskInit } from "./task-init.ts";

const { attemptTimeoutMs: _, ...SETTINGS } = TASK_SETTINGS;
const DEFAULTS: Readonly<Record<keyof TaskDefaults, true>> = {
  ...SETTINGS,
  timeoutMs: true,
  executor: true,
};

const ROUTER: Readonly<Record<keyof RouterOptions, true>> = { ...DEFAULTS, prefix: true };

const TASK: Readonly<Record<keyof TaskInit, true>> = {
  ...DEFAULTS,
  name: true,
  description: true,
  example: true,
  input: true,
  output: true,
  use: true,
  streaming: true,
};

/** CONFIG_INVALID naming the task, the option, and the one that was probably meant. */
export function checkTaskInit(init: TaskInit): void {
  check(`task ${init.name}`, init, TASK);
  for (const use of init.use ?? []) checkUse(`task ${init.name}: use`, use);
}

/** As {@link checkTaskInit}, for what a method of a service is given. */
export function checkMethodOptions(method: string, options: TaskDefaults): void {
  check(`task ${method}`, options, DEFAULTS);
}

/** As {@link checkTaskInit}, for a router. */
export function checkRouterOptions(options: RouterOptions): void {
  const { prefix = "" } = options;
  check(prefix === "" ? "router" : `router ${prefix}`, options, ROUTER);
}

function check(
  whose: string,
  options: { readonly retry?: RetrySettings | undefined },
  known: KnownOptions,
): void {
  const unknown = unknownOption(options, known);
  const ofRetry = unknownOption(options.retry ?? {}, RETRY_SETTINGS);
  if (unknown !== undefined) throw invalid(`${whose}: ${unknown.name}: ${unknown.why}`);
  if (ofRetry !== undefined) throw invalid(`${whose}: retry.${ofRetry.name}: ${ofRetry.why}`);
}

function invalid(message: string): QTasksError {
  return new QTasksError("CONFIG_INVALID", message);
}
