/** What an app is made with, and the configuration that follows from it. */
import { pino, type Logger } from "pino";
import type { ConfigArguments, OptionName } from "../config/options.ts";
import { resolveConfig, type ConfigSources, type ResolvedConfig } from "../config/resolve.ts";
import { notLogger } from "../core/kinds.ts";
import { throwConfigFaults, unknownOptions, type KnownOptions } from "../core/known-options.ts";
import { DEFAULT_LIMITS, DEFAULT_TIMINGS, type Limits, type Timings } from "../core/limits.ts";
import { MAX_TIMER_MS } from "../core/max-timer.ts";
import type { QueueStrategy } from "../worker/queue-strategy.ts";
import { checkBackends } from "./backends.ts";
import { checkKinds, type Components } from "./components.ts";

/** All optional. What is not given comes from `QTASKS_*` variables, the config file, or the defaults. */
export interface QueueTasksOptions extends ConfigArguments {
  /** @default one on stdout, made of `logLevel` */
  readonly logger?: Logger | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly timings?: Partial<Timings> | undefined;
  /** In place of those that the configuration names. @default none */
  readonly components?: Components | undefined;
  /** Which of its queues the worker takes from next, and in what proportion. @default in turn */
  readonly queueStrategy?: QueueStrategy | undefined;
  /** @default process.env */
  readonly env?: ConfigSources["env"];
  readonly configFile?: ConfigSources["file"];
}

/** Those that are not of the configuration; the compiler sees to it that none is missing. */
const OTHER_OPTIONS: Readonly<Record<Exclude<keyof QueueTasksOptions, OptionName>, true>> = {
  logger: true,
  limits: true,
  timings: true,
  components: true,
  queueStrategy: true,
  env: true,
  configFile: true,
};

function namesOf(complete: object): KnownOptions {
  return Object.fromEntries(Object.keys(complete).map((name) => [name, true]));
}

/** A time that is no number would be waited for without end, or not at all. */
function checkNumbers(whose: string, given: object, complete: object, max: number): void {
  const expected = max === Infinity ? "a number from 0" : `a number from 0 to ${max}`;
  const wrong = Object.entries(Object(given) as object)
    .filter(([name, value]) => Object.hasOwn(complete, name) && value !== undefined)
    .filter(([, value]) => !(typeof value === "number" && value >= 0 && value <= max))
    .map(([field, value]) => ({
      field,
      description: `expected ${expected}; got ${String(value)}`,
    }));
  throwConfigFaults(whose, [...unknownOptions(given, namesOf(complete)), ...wrong]);
}

/** Options with the configuration and the logger that they come to. */
export interface AppSettings {
  readonly options: QueueTasksOptions;
  readonly config: ResolvedConfig;
  readonly logger: Logger;
}

/** CONFIG_INVALID naming each option that is wrong, what is expected and what came. */
export function appSettings(options: QueueTasksOptions): AppSettings {
  const config = resolveConfig({
    arguments: options,
    otherArguments: Object.keys(OTHER_OPTIONS),
    env: options.env,
    file: options.configFile,
  });
  const { limits = {}, timings = {}, components = {} } = options;
  checkNumbers("limits", limits, DEFAULT_LIMITS, Infinity);
  checkNumbers("timings", timings, DEFAULT_TIMINGS, MAX_TIMER_MS);
  checkKinds(components);
  throwConfigFaults("app", notLogger("logger", options.logger));
  if (config.values.server === undefined) checkBackends(config.values, components);
  const logger = options.logger ?? pino({ name: "qtasks", level: config.values.logLevel });
  return { options, config, logger };
}

/** With options laid over those that were given. An executor that was given stays, and so does a logger. */
export function reconfigured(given: QueueTasksOptions, over: QueueTasksOptions): AppSettings {
  const { components = given.components, logger } = over;
  const { executor } = given.components ?? {};
  const set = Object.entries(over).filter(([, value]) => value !== undefined);
  return appSettings({
    ...given,
    ...(Object.fromEntries(set) as QueueTasksOptions),
    components: { ...components, ...(executor && { executor }) },
    logger: given.logger ?? logger,
  });
}
