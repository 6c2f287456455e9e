/** `qtasks reschedule`: another time or priority for a waiting task. */
import type { Command } from "commander";

import { TaskSchema } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { addExamples, prepared, type Given, type Surroundings } from "../command.ts";
import { TASK_COLUMNS } from "../task-columns.ts";
import { UsageError } from "../usage-error.ts";
import { parseDuration, parseTime, parseWhole } from "../values.ts";

interface Flags {
  readonly delay?: number;
  readonly at?: Date;
  readonly priority?: number;
}

export function rescheduleCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("reschedule")
    .description("Change the time or the priority of a task that has not started")
    .argument("<id>", "id of the task")
    .option("--delay <duration>", "start no sooner than this long from now; 0: now", parseDuration)
    .option("--at <time>", "start no sooner than then", parseTime)
    .option("--priority <number>", "-1000 to 1000; higher runs first", parseWhole(-1_000));
  addExamples(command, "reschedule 0198c0de-1111-7abc-8def-0123456789ab --delay 0 --priority 10");
  prepared<Flags, [string], string>(command, surroundings, check, async (task, id) => {
    const { tasks, printer, options, signal } = task;
    const { delay: delayMs, at: scheduleAt, priority } = options;
    const changed = await tasks.reschedule(id, { delayMs, scheduleAt, priority, signal });
    await printer.rows(TaskSchema, [changed], TASK_COLUMNS);
  });
}

async function check({ options }: Given<Flags>, id: string): Promise<string> {
  const { delay, at, priority } = options;
  if (delay !== undefined && at !== undefined)
    throw new UsageError("--delay can't be set together with --at");
  if (delay === undefined && at === undefined && priority === undefined)
    throw new UsageError("give --delay, --at or --priority");
  return id;
}
