/** `qtasks events`: outputs and logs of a task. */
import type { Command } from "commander";

import { TaskEventSchema } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { addExamples, connected, type Surroundings } from "../command.ts";
import { eventText } from "../event-text.ts";
import { parseWhole } from "../values.ts";
import { leaveAlone } from "../waiting.ts";

interface Flags {
  readonly after?: number;
  readonly follow?: boolean;
}

export function eventsCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("events")
    .description("Show the outputs and logs of a task, oldest first")
    .argument("<id>", "id of the task")
    .option("--after <sequence>", "those after this sequence number", parseWhole(0))
    .option("--follow", "go on with new ones until the task has ended");
  addExamples(command, "events 0198c0de-1111-7abc-8def-0123456789ab --follow");
  connected<Flags, [string]>(command, surroundings, async (task, id) => {
    const { tasks, messages, printer, options, signal } = task;
    const { follow, after = 0 } = options;
    try {
      for await (const event of tasks.handle(id).events({ follow, after: BigInt(after), signal }))
        if (printer.isJson) await printer.json(TaskEventSchema, event);
        else await printer.text(eventText(await messages.event(event), printer.colors));
    } catch (error) {
      if (!signal.aborted) throw error;
      return leaveAlone(task, [id]);
    }
    return undefined;
  });
}
