/** Flags for the options of the configuration; kinds, defaults and descriptions are the table's. */
import { InvalidArgumentError, Option as CommanderOption, type Command } from "commander";

import { OPTIONS, variableOf, type ConfigArguments, type OptionName } from "../config/options.ts";
import type { Option } from "../config/option.ts";

/** Adds `--tls-cert <value>` for `tlsCert`, and so on. */
export function addConfigOptions(command: Command, names: readonly OptionName[]): Command {
  for (const name of names) addConfigOption(command, name);
  return command;
}

/** What was given of these options; what was not is left to the environment, the file and the defaults. */
export function configArguments(
  given: Readonly<Record<string, unknown>>,
  names: readonly OptionName[],
): ConfigArguments {
  return Object.fromEntries(names.map((name) => [name, given[name]]));
}

function addConfigOption(command: Command, name: OptionName): void {
  const row: Option<unknown> = OPTIONS[name];
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const description = `${row.description}${defaultText(row)} (env: ${variableOf(name)})`;
  if (row.default === true) addSwitchOff(command, flag, description);
  else if (row.default === false) command.option(flag, description);
  else command.option(`${flag} <value>`, description, reader(row));
}

/** What is on by itself has a flag that turns it off; the one that turns it on keeps other sources in force. */
function addSwitchOff(command: Command, flag: string, description: string): void {
  command.addOption(new CommanderOption(flag).hideHelp());
  command.option(
    flag.replace("--", "--no-"),
    `Do not ${description[0]!.toLowerCase()}${description.slice(1)}`,
  );
}

function reader({ kind }: Option<unknown>) {
  return (text: string): unknown => {
    const value = kind.accept(kind.fromText(text) ?? text);
    if (value === undefined) throw new InvalidArgumentError(`Expected ${kind.expected}.`);
    return value;
  };
}

function defaultText({ default: value }: Option<unknown>): string {
  const isShown = typeof value === "string" || typeof value === "number";
  return isShown ? ` (default: ${value})` : "";
}
