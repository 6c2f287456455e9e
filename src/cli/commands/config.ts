/** `qtasks config`: the options as they are resolved. */
import type { Command } from "commander";

import { checkBackends } from "../../app/backends.ts";
import { OPTIONS, type OptionName } from "../../config/options.ts";
import { resolveConfig, type ResolvedConfig } from "../../config/resolve.ts";
import { showConfig, type ShownOption } from "../../config/show.ts";
import { loadFiles } from "../app-options.ts";
import { addExamples, addOutputOption, type OutputOptions, type Surroundings } from "../command.ts";
import { addConfigOptions, configArguments } from "../config-options.ts";
import { Printer, type Column } from "../printer.ts";
import type { Terminal } from "../terminal.ts";

interface Flags extends OutputOptions, Readonly<Record<string, unknown>> {
  readonly app?: readonly string[];
  readonly config?: string;
}

const NAMES = Object.keys(OPTIONS) as OptionName[];

const COLUMNS: readonly Column<ShownOption>[] = [
  { name: "OPTION", value: ({ name }) => name },
  { name: "VALUE", value: ({ value }) => valueText(value) },
  {
    name: "FROM",
    value: ({ source, from }, colors) => (source === "default" ? colors.dim(from) : from),
  },
  { name: "VARIABLE", value: ({ variable }, colors) => colors.dim(variable) },
];

export function configCommand(program: Command, { terminal }: Surroundings): void {
  const command = program
    .command("config")
    .description("Show every option with its value and where it comes from, secrets masked")
    .option("--app <file...>", "files that export an app, whose own options count too")
    .option("--config <file>", "a JSON file with options (env: QTASKS_CONFIG)");
  addConfigOptions(addOutputOption(command), NAMES);
  addExamples(command, "config", "config --json", "config --app tasks.ts --slots 50");
  command.action(async (flags: Flags) => {
    const config = await resolved(terminal, flags);
    for (const warning of config.warnings)
      terminal.note(`${terminal.errorColors.yellow("warning:")} ${warning}`);
    await print(new Printer(terminal, flags.output), showConfig(config));
  });
}

async function resolved(terminal: Terminal, flags: Flags): Promise<ResolvedConfig> {
  const args = configArguments(flags, NAMES);
  if (flags.app !== undefined) return (await loadFiles(terminal, flags, args)).config;
  const config = resolveConfig({ arguments: args, file: flags.config });
  checkBackends(config.values, {});
  return config;
}

async function print(printer: Printer, shown: readonly ShownOption[]): Promise<void> {
  if (!printer.isJson) return printer.table(shown, COLUMNS);
  for (const { name, value = null, source, from, variable } of shown)
    await printer.text(JSON.stringify({ name, value, source, from, variable }));
}

function valueText(value: unknown): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}
