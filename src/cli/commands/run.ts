/** `qtasks run`: enqueue a task, wait, print its result. */
import type { Command } from "commander";

import { addExamples, prepared, type Surroundings } from "../command.ts";
import { addEnqueueOptions } from "../enqueue-options.ts";
import { addInputOption, readEnqueue, type Enqueue, type EnqueueInput } from "../input.ts";
import { parseDuration } from "../values.ts";
import { awaitAndPrint } from "../waiting.ts";

interface Flags extends EnqueueInput {
  readonly timeout?: number;
}

export function runCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("run")
    .description("Enqueue a task, wait for its end, and print its result")
    .argument("<name>", "the task's name")
    .argument("[input]", "its input as JSON; - reads stdin")
    .option(
      "--timeout <duration>",
      "stop waiting after this long; the task goes on",
      parseDuration,
    );
  addEnqueueOptions(addInputOption(command));
  addExamples(command, `run math.add '{"x": 1, "y": 2}' --timeout 30s`);
  prepared<Flags, [string, string | undefined], Enqueue>(
    command,
    surroundings,
    readEnqueue,
    async (task, { name, input, options }) => {
      const handle = await task.tasks.enqueue(name, input, options);
      return awaitAndPrint(task, handle.id, task.options.timeout);
    },
  );
}
