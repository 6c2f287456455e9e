/** Refuses options of tasks and routers that nobody reads, as programs without types may give them. */
import type { DescService } from "@bufbuild/protobuf";
import type { FieldViolation } from "../core/errors.ts";
import {
  checkConfigOptions,
  throwConfigFaults,
  unknownOptions,
  type KnownOptions,
  type NamesOf,
} from "../core/known-options.ts";
import { isSchema, SCHEMA } from "../core/schema.ts";
import { unexpected } from "../core/shown.ts";
import { RETRY_SETTINGS, TASK_SETTINGS } from "../core/task-settings.ts";
import { checkUse } from "../worker/use.ts";
import type { RouterOptions } from "./router-options.ts";
import type { TaskDefaults } from "./task-defaults.ts";
import type { TaskInit } from "./task-init.ts";
import type { Task } from "./task.ts";

const { attemptTimeoutMs: _, ...SETTINGS } = TASK_SETTINGS;
const DEFAULTS: NamesOf<TaskDefaults> = {
  ...SETTINGS,
  timeoutMs: true,
  executor: true,
};

const SERVICE: KnownOptions = { options: true };

const ROUTER: NamesOf<RouterOptions> = { ...DEFAULTS, prefix: true };

const TASK: NamesOf<TaskInit> = {
  ...DEFAULTS,
  name: true,
  description: true,
  example: true,
  input: true,
  output: true,
  use: true,
  streaming: true,
};

/** What a task is defined with, of its name or its options. CONFIG_INVALID for what is neither. */
export function resolveInit(init: string | TaskInit): TaskInit {
  const resolved = typeof init === "string" ? { name: init } : init;
  if (typeof resolved !== "object" || resolved === null)
    throwConfigFaults("task", [unexpected("options", "a name, or an object", init)]);
  return resolved;
}

/** CONFIG_INVALID naming the task, each option that is wrong, and the one that was probably meant. */
export function checkTask({ init, handler }: Pick<Task, "init" | "handler">): void {
  const { name, use = [] } = init;
  const whose = `task ${name}`;
  throwConfigFaults(whose, [
    ...faultsOf(init, TASK),
    ...schemaFaults(init),
    ...(typeof name === "string" ? [] : [unexpected("name", "a text", name)]),
    ...(Array.isArray(use) ? [] : [unexpected("use", "a list of middlewares and plugins", use)]),
    ...(typeof handler === "function" ? [] : [unexpected("handler", "a function", handler)]),
  ]);
  for (const each of use) checkUse(`${whose}: use`, each);
}

/** CONFIG_INVALID for a service that is none, handlers that are no functions, and options that there are not. */
export function checkService(service: DescService, handlers: object, options: object): void {
  const { kind, typeName, method = {} } = Object(service) as Partial<DescService>;
  if (kind !== "service")
    throwConfigFaults("app.service", [
      unexpected("service", "a service of code that protoc-gen-es 2 generated", service),
    ]);
  const whose = `service ${typeName}`;
  checkConfigOptions(whose, options, SERVICE);
  if (typeof handlers !== "object" || handlers === null)
    throwConfigFaults(whose, [unexpected("handlers", "an object", handlers)]);
  const wrong = Object.entries(handlers)
    .filter(([name, handler]) => method[name] !== undefined && handler !== undefined)
    .filter(([, handler]) => typeof handler !== "function")
    .map(([name, handler]) => unexpected(name, "a handler, which is a function", handler));
  throwConfigFaults(whose, wrong);
}

/** As {@link checkTask}, for what a method of a service is given. */
export function checkMethodOptions(method: string, options: TaskDefaults): void {
  throwConfigFaults(`task ${method}`, faultsOf(options, DEFAULTS));
}

/** As {@link checkTask}, for a router. */
export function checkRouterOptions(options: RouterOptions): void {
  const { prefix = "" } = Object(options) as RouterOptions;
  throwConfigFaults(prefix === "" ? "router" : `router ${prefix}`, [
    ...faultsOf(options, ROUTER),
    ...(typeof prefix === "string" ? [] : [unexpected("prefix", "a text", prefix)]),
  ]);
}

function faultsOf(options: TaskDefaults, known: KnownOptions): FieldViolation[] {
  const { retry = {} } = Object(options) as TaskDefaults;
  return [...unknownOptions(options, known), ...unknownOptions(retry, RETRY_SETTINGS, "retry.")];
}

function schemaFaults({ input, output }: TaskInit): FieldViolation[] {
  return Object.entries({ input, output })
    .filter(([, schema]) => schema !== undefined && !isSchema(schema))
    .map(([name, schema]) => unexpected(name, SCHEMA, schema));
}
