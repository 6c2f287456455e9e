/** `qtasks config`: the options as they are resolved. */
import type { Command } from "commander";

import { resolveConfig } from "../../config/resolve.ts";
import { showConfig, type ShownOption } from "../../config/show.ts";
import { addExamples, addOutputOption, type OutputOptions, type Surroundings } from "../command.ts";
import { Printer, type Column } from "../printer.ts";

const COLUMNS: readonly Column<ShownOption>[] = [
  { name: "OPTION", value: ({ name }) => name },
  { name: "VALUE", value: ({ value }) => valueText(value) },
  {
    name: "FROM",
    value: ({ source }, colors) => (source === "default" ? colors.dim(source) : source),
  },
  { name: "VARIABLE", value: ({ variable }) => variable },
];

export function configCommand(program: Command, { terminal }: Surroundings): void {
  const command = program
    .command("config")
    .description("Show every option with its value and where it comes from, secrets masked")
    .option("--config <file>", "a JSON file with options (env: QTASKS_CONFIG)");
  addExamples(addOutputOption(command), "config", "config --output json");
  command.action(async (flags: OutputOptions & { readonly config?: string }) => {
    const printer = new Printer(terminal, flags.output);
    const shown = showConfig(resolveConfig({ file: flags.config }));
    if (!printer.isJson) return printer.table(shown, COLUMNS);
    for (const { name, value = null, source, variable } of shown)
      await printer.text(JSON.stringify({ name, value, source, variable }));
  });
}

function valueText(value: unknown): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}
