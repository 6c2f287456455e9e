/** `qtasks tasks`: what the server can run. */
import type { Command } from "commander";

import {
  TaskDefinitionInfoSchema,
  type TaskDefinitionInfo,
} from "../../../gen/qtasksapi/v1/system_service_pb.ts";
import { pages } from "../../client/pages.ts";
import { addExamples, connected, type Surroundings } from "../command.ts";
import type { Column } from "../printer.ts";
import { ageText, clip, safe } from "../words.ts";

const COLUMNS: readonly Column<TaskDefinitionInfo>[] = [
  { name: "TASK", value: ({ definition }) => definition?.name ?? "" },
  { name: "QUEUE", value: ({ definition }) => definition?.options?.queue ?? "" },
  {
    name: "WORKERS",
    value: ({ workerCount }, colors) =>
      workerCount === 0 ? colors.yellow("0") : String(workerCount),
  },
  { name: "LAST SEEN", value: ({ lastSeenTime }) => ageText(lastSeenTime) },
  { name: "DESCRIPTION", value: ({ definition }) => clip(safe(definition?.description ?? ""), 50) },
  { name: "", value: ({ conflicts }, colors) => colors.yellow(safe(conflicts.join("; "))) },
];

export function tasksCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("tasks")
    .description("Show the task definitions: names, their queues, and how many workers run them");
  addExamples(command, "tasks");
  connected<object, []>(command, surroundings, async (task) => {
    const { system, printer, terminal, signal } = task;
    const rows = pages(
      (pageToken) => system.listTaskDefinitions({ pageToken }, { signal }),
      ({ definitions }) => definitions,
    );
    const count = await printer.rows(TaskDefinitionInfoSchema, rows, COLUMNS);
    if (count === 0 && !printer.isJson)
      terminal.note("no definitions yet: start a worker with `qtasks worker --app FILE`");
  });
}
