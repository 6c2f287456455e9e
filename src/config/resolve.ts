/** Merges the sources of options: defaults, then the file, then the environment, then arguments. */
import { readFileSync } from "node:fs";
import { QTasksError } from "../core/errors.ts";
import { invalidOption, type ConfigSource, type Option } from "./option.ts";
import {
  OPTIONS,
  variableOf,
  type Config,
  type ConfigArguments,
  type OptionName,
} from "./options.ts";

/** Read from the current folder if it is there. */
export const CONFIG_FILE = "qtasks.config.json";

export interface ConfigSources {
  readonly arguments?: ConfigArguments | undefined;
  /** @default the process's */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Path of a JSON file with options, or false for none. @default `QTASKS_CONFIG`, else qtasks.config.json if it is there */
  readonly file?: string | false | undefined;
}

/** Values, and where each comes from. */
export interface ResolvedConfig {
  readonly values: Config;
  readonly sources: Readonly<Record<OptionName, ConfigSource>>;
  /** The file that was read. */
  readonly file: string | undefined;
}

const NAMES = Object.keys(OPTIONS) as OptionName[];

/** Every option with its value and source. CONFIG_INVALID names the option, what is expected and what came. */
export function resolveConfig(from: ConfigSources = {}): ResolvedConfig {
  const { arguments: args = {}, env = process.env } = from;
  const file = readConfigFile(from.file ?? env["QTASKS_CONFIG"]);
  const values: Partial<Record<OptionName, unknown>> = {};
  const sources: Partial<Record<OptionName, ConfigSource>> = {};
  for (const name of NAMES) {
    const given = pick(name, args, env, file.values);
    sources[name] = given?.source ?? "default";
    values[name] = given === undefined ? OPTIONS[name].default : accepted(name, given);
  }
  return Object.freeze({
    values: Object.freeze(values as Config),
    sources: Object.freeze(sources as Record<OptionName, ConfigSource>),
    file: file.path,
  });
}

interface Given {
  readonly source: ConfigSource;
  /** As the user knows it: the option, or its variable. */
  readonly label: string;
  readonly value: unknown;
}

function pick(
  name: OptionName,
  args: ConfigArguments,
  env: Readonly<Record<string, string | undefined>>,
  file: Readonly<Record<string, unknown>>,
): Given | undefined {
  if (args[name] !== undefined) return { source: "argument", label: name, value: args[name] };
  const variable = variableOf(name);
  const text = env[variable];
  // An empty variable is how shells and compose files say "unset".
  if (text !== undefined && text !== "")
    return { source: "env", label: variable, value: readText(name, text) };
  if (Object.hasOwn(file, name))
    return { source: "file", label: `${name} (in the file)`, value: file[name] };
  return undefined;
}

function readText(name: OptionName, text: string): unknown {
  return OPTIONS[name].kind.fromText(text) ?? text;
}

function accepted(name: OptionName, { label, value }: Given): unknown {
  const { kind, secret }: Option<unknown> = OPTIONS[name];
  const result = kind.accept(value);
  if (result === undefined) throw invalidOption(label, kind.expected, secret ? undefined : value);
  return result;
}

function readConfigFile(path: string | false | undefined) {
  if (path === false) return { path: undefined, values: {} };
  const text = readFileIfThere(path ?? CONFIG_FILE, path !== undefined && path !== "");
  if (text === undefined) return { path: undefined, values: {} };
  const values = parse(path ?? CONFIG_FILE, text);
  const unknown = Object.keys(values).find((name) => !Object.hasOwn(OPTIONS, name));
  if (unknown !== undefined)
    throw invalidOption(`${unknown} (in the file)`, `one of ${NAMES.join(", ")}`, undefined);
  return { path: path ?? CONFIG_FILE, values };
}

function readFileIfThere(path: string, required: boolean): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (!required && (cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new QTasksError("CONFIG_INVALID", `config file: ${(cause as Error).message}`, { cause });
  }
}

function parse(path: string, text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new QTasksError("CONFIG_INVALID", `config file ${path}: ${why}`, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new QTasksError("CONFIG_INVALID", `config file ${path}: expected a JSON object`);
}
