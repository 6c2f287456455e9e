/** `qtasks count`: how many tasks match, by state. */
import type { Command } from "commander";

import {
  CountTasksResponseSchema,
  type CountTasksResponse,
} from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { addExamples, connected, type Surroundings } from "../command.ts";
import { addFilterOptions, filterOf, type FilterOptions } from "../filter-options.ts";
import type { Printer } from "../printer.ts";
import { stateText } from "../words.ts";

export function countCommand(program: Command, surroundings: Surroundings): void {
  const command = program.command("count").description("Count tasks by state");
  addFilterOptions(command);
  addExamples(command, "count --queue reports --state pending");
  connected<FilterOptions, []>(
    command,
    surroundings,
    async ({ tasks, printer, options, signal }) => {
      const counts = await tasks.count(filterOf(options), { signal });
      if (printer.isJson) await printer.json(CountTasksResponseSchema, counts);
      else await printCounts(printer, counts);
    },
  );
}

function printCounts(printer: Printer, counts: CountTasksResponse): Promise<void> {
  const about = counts.approximate ? "about " : "";
  return printer.details([
    ...counts.states.map(
      ({ state, count }) => [stateText(state, printer.colors), String(count)] as const,
    ),
    ["all", `${about}${counts.count}`],
  ]);
}
