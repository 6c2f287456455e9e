/** The resolved configuration for people, without its secrets. */
import { masked } from "./masked.ts";
import type { ConfigSource } from "./option.ts";
import { OPTIONS, variableOf, type OptionName } from "./options.ts";
import type { ResolvedConfig } from "./resolve.ts";

export interface ShownOption {
  readonly name: OptionName;
  readonly variable: string;
  /** Secrets and passwords of URLs are masked; undefined: unset. */
  readonly value: unknown;
  readonly source: ConfigSource;
  /** The same for people: `default`, the file's path, the variable's name, or `argument`. */
  readonly from: string;
  readonly description: string;
}

/** One row for each option, in the order of the table. */
export function showConfig({ values, sources, file = "file" }: ResolvedConfig): ShownOption[] {
  return (Object.keys(OPTIONS) as OptionName[]).map((name) => {
    const variable = variableOf(name);
    const source = sources[name];
    const places = { default: source, file, env: variable, argument: source };
    return {
      name,
      variable,
      value: masked(OPTIONS[name], values[name]),
      source,
      from: places[source],
      description: OPTIONS[name].description,
    };
  });
}
