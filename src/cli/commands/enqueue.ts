/** `qtasks enqueue`: one task, or one for each line of stdin. */
import { create } from "@bufbuild/protobuf";
import type { Command } from "commander";

import { BatchEnqueueResultSchema } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { addExamples, prepared, type Given, type Surroundings, type Task } from "../command.ts";
import { addEnqueueOptions, enqueueOptions } from "../enqueue-options.ts";
import { enqueueLines } from "../enqueue-lines.ts";
import { addInputOption, readEnqueue, type Enqueue, type EnqueueInput } from "../input.ts";
import { UsageError } from "../usage-error.ts";

interface Flags extends EnqueueInput {
  readonly eachLine?: boolean;
}

export function enqueueCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("enqueue")
    .description("Enqueue a task and print its id")
    .argument("<name>", "the task's name")
    .argument("[input]", "its input as JSON; - reads stdin")
    .option("--each-line", "enqueue a task for each line of stdin, which is its input as JSON");
  addEnqueueOptions(addInputOption(command));
  addExamples(
    command,
    `enqueue math.add '{"x": 1, "y": 2}' --delay 10s`,
    `enqueue mail.send --each-line < mails.jsonl`,
  );
  prepared<Flags, [string, string | undefined], Enqueue>(
    command,
    surroundings,
    (given, name, input) =>
      given.options.eachLine === true
        ? readEachLine(given, name, input)
        : readEnqueue(given, name, input),
    (task, enqueue) =>
      task.options.eachLine === true
        ? enqueueLines(task, enqueue.name, enqueue.options)
        : enqueueOne(task, enqueue),
  );
}

async function readEachLine(
  { options: flags }: Given<Flags>,
  name: string,
  input: string | undefined,
): Promise<Enqueue> {
  if (input !== undefined || flags.inputFile !== undefined)
    throw new UsageError("--each-line reads stdin: give no INPUT and no --input-file");
  if (flags.id !== undefined) throw new UsageError("--id can't be shared by all of --each-line");
  return { name, input: undefined, options: enqueueOptions(flags) };
}

async function enqueueOne(
  { tasks, printer, terminal }: Task<Flags>,
  { name, input, options }: Enqueue,
): Promise<void> {
  const { id: taskId, created } = await tasks.enqueue(name, input, options);
  const result = create(BatchEnqueueResultSchema, { taskId, created });
  await printer.one(BatchEnqueueResultSchema, result, () => taskId);
  if (!created && !printer.isJson) terminal.note("it was enqueued before");
}
