/** `qtasks get`: all that is known of a task. */
import type { Command } from "commander";

import { TaskSchema } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { addExamples, connected, type Surroundings } from "../command.ts";
import { printTask } from "../task-columns.ts";

export function getCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("get")
    .description("Show all that is known of a task")
    .argument("<id>", "id of the task");
  addExamples(command, "get 0198c0de-1111-7abc-8def-0123456789ab --output json");
  connected<object, [string]>(command, surroundings, async ({ tasks, messages, printer }, id) => {
    const task = await tasks.get(id);
    if (printer.isJson) await printer.json(TaskSchema, task);
    else await printTask(printer, await messages.task(task));
  });
}
