/** Merges the sources of options: defaults, then the file, then the environment, then arguments. */
import { hint } from "../core/known-options.ts";
import { readConfigFile, type ConfigFile } from "./config-file.ts";
import { unknownVariables, type Environment } from "./environment.ts";
import { ConfigFaults } from "./faults.ts";
import { withoutPasswords } from "./masked.ts";
import type { ConfigSource, Option } from "./option.ts";
import {
  OPTIONS,
  variableOf,
  type Config,
  type ConfigArguments,
  type OptionName,
} from "./options.ts";

export interface ConfigSources {
  readonly arguments?: ConfigArguments | undefined;
  /** Names of arguments beside those of the table, which are not looked at. @default none */
  readonly otherArguments?: readonly string[] | undefined;
  /** @default the process's */
  readonly env?: Environment | undefined;
  /** Path of a JSON file with options, or false for none. @default `QTASKS_CONFIG`, else qtasks.config.json if it is there */
  readonly file?: string | false | undefined;
}

/** Values, and where each comes from. */
export interface ResolvedConfig {
  readonly values: Config;
  readonly sources: Readonly<Record<OptionName, ConfigSource>>;
  /** The file that was read. */
  readonly file: string | undefined;
  /** Sentences about what looks like a mistake and may be none: unknown `QTASKS_*` variables. */
  readonly warnings: readonly string[];
}

const NAMES = Object.keys(OPTIONS) as OptionName[];

/**
 * Every option with its value and source. CONFIG_INVALID names all faults at once, each with the option or variable,
 * what is expected and what came; secrets are left out.
 */
export function resolveConfig(from: ConfigSources = {}): ResolvedConfig {
  const { arguments: args = {}, otherArguments = [], env = process.env } = from;
  const faults = new ConfigFaults();
  const file = readConfigFile(from.file ?? env["QTASKS_CONFIG"], faults);
  const values: Partial<Record<OptionName, unknown>> = {};
  const sources: Partial<Record<OptionName, ConfigSource>> = {};
  for (const name of NAMES) {
    const given = pick(name, args, env, file);
    sources[name] = given?.source ?? "default";
    values[name] = given === undefined ? OPTIONS[name].default : accepted(name, given, faults);
  }
  checkNames(Object.keys(file.values), NAMES, (name) => inFile(name, file), faults);
  const set = Object.entries(args).flatMap(([name, value]) => (value === undefined ? [] : name));
  checkNames(set, [...NAMES, ...otherArguments], (name) => name, faults);
  faults.throwIfAny();
  return Object.freeze({
    values: Object.freeze(values as Config),
    sources: Object.freeze(sources as Record<OptionName, ConfigSource>),
    file: file.path,
    warnings: Object.freeze(unknownVariables(env)),
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
  env: Environment,
  file: ConfigFile,
): Given | undefined {
  if (args[name] !== undefined) return { source: "argument", label: name, value: args[name] };
  const variable = variableOf(name);
  const text = env[variable];
  // An empty variable is how shells and compose files say "unset".
  if (text !== undefined && text !== "")
    return { source: "env", label: variable, value: readText(name, text) };
  if (Object.hasOwn(file.values, name))
    return { source: "file", label: inFile(name, file), value: file.values[name] };
  return undefined;
}

function inFile(name: string, { path }: ConfigFile): string {
  return `${name} (in ${path})`;
}

function readText(name: OptionName, text: string): unknown {
  return OPTIONS[name].kind.fromText(text) ?? text;
}

function accepted(name: OptionName, { label, value }: Given, faults: ConfigFaults): unknown {
  const option: Option<unknown> = OPTIONS[name];
  if (value === false && option.kind.falseIsNone === true) return undefined;
  const result = option.kind.accept(value);
  if (result === undefined)
    faults.add(label, `expected ${option.kind.expected}; got ${shown(option, value)}`);
  return result;
}

function shown(option: Option<unknown>, value: unknown): string {
  if (option.secret === true) return "something else, which is not shown";
  return withoutPasswords(JSON.stringify(value) ?? String(value));
}

function checkNames(
  names: readonly string[],
  known: readonly string[],
  labelOf: (name: string) => string,
  faults: ConfigFaults,
): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    faults.add(labelOf(name), `no such option${hint(name, known)}`);
  }
}
