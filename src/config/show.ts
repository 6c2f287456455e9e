/** The resolved configuration for people, without its secrets. */
import type { ConfigSource } from "./option.ts";
import { OPTIONS, variableOf, type OptionName } from "./options.ts";
import type { ResolvedConfig } from "./resolve.ts";

export interface ShownOption {
  readonly name: OptionName;
  readonly variable: string;
  /** Secrets and passwords of URLs are masked; undefined: unset. */
  readonly value: unknown;
  readonly source: ConfigSource;
  readonly description: string;
}

/** One row for each option, in the order of the table. */
export function showConfig({ values, sources }: ResolvedConfig): ShownOption[] {
  return (Object.keys(OPTIONS) as OptionName[]).map((name) => ({
    name,
    variable: variableOf(name),
    value: masked(name, values[name]),
    source: sources[name],
    description: OPTIONS[name].description,
  }));
}

function masked(name: OptionName, value: unknown): unknown {
  if (value === undefined) return undefined;
  if ("secret" in OPTIONS[name] && OPTIONS[name].secret === true) return "***";
  return typeof value === "string" ? value.replace(/(:\/\/[^:/@]*:)[^@]*@/, "$1***@") : value;
}
