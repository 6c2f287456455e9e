/** What an app is made with, and the configuration that follows from it. */
import type { Logger } from "pino";
import type { ConfigArguments, OptionName } from "../config/options.ts";
import { resolveConfig, type ConfigSources, type ResolvedConfig } from "../config/resolve.ts";
import type { Limits, Timings } from "../core/limits.ts";
import type { QueueStrategy } from "../worker/queue-strategy.ts";
import { checkBackends } from "./backends.ts";
import type { Components } from "./components.ts";

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

/** What `app.configure` takes. */
export type Reconfiguration = ConfigArguments & Pick<QueueTasksOptions, "components" | "timings">;

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

/** Options with the configuration that they come to. */
export interface AppSettings {
  readonly options: QueueTasksOptions;
  readonly config: ResolvedConfig;
}

/** CONFIG_INVALID naming each option that is wrong, what is expected and what came. */
export function appSettings(options: QueueTasksOptions, over: ConfigArguments = {}): AppSettings {
  const set = Object.entries(over).filter(([, value]) => value !== undefined);
  const config = resolveConfig({
    arguments: { ...options, ...(Object.fromEntries(set) as ConfigArguments) },
    otherArguments: Object.keys(OTHER_OPTIONS),
    env: options.env,
    file: options.configFile,
  });
  if (config.values.server === undefined) checkBackends(config.values, options.components ?? {});
  return { options, config };
}

/** With options laid over those that were given. An executor that was given stays. */
export function reconfigured(
  given: QueueTasksOptions,
  { components, timings, ...over }: Reconfiguration,
): AppSettings {
  const { executor } = given.components ?? {};
  const replaced = {
    ...(components && { components: { ...components, ...(executor && { executor }) } }),
    ...(timings && { timings }),
  };
  return appSettings({ ...given, ...replaced }, over);
}
