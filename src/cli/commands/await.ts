/** `qtasks await`: wait for tasks, print how they ended. */
import type { Command } from "commander";

import { TaskSchema, type Task as TaskMessage } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { addExamples, connected, type Surroundings, type Task } from "../command.ts";
import { exitCodeOf, exitCodeOfTask, worstOf, type ExitCode } from "../exit-codes.ts";
import { printError } from "../print-error.ts";
import { showProgress } from "../progress.ts";
import { parseDuration } from "../values.ts";
import { awaitAndPrint, leaveAlone } from "../waiting.ts";
import { clip, failureText, payloadText, stateText } from "../words.ts";

interface Flags {
  readonly timeout?: number;
}

export function awaitCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("await")
    .description("Wait until tasks have ended and print their results")
    .argument("<id...>", "ids of tasks")
    .option("--timeout <duration>", "stop waiting after this long; the tasks go on", parseDuration);
  addExamples(command, "await 0198c0de-1111-7abc-8def-0123456789ab --timeout 1m");
  connected<Flags, [string[]]>(command, surroundings, (task, ids) =>
    ids.length === 1
      ? awaitAndPrint(task, ids[0]!, task.options.timeout)
      : awaitMany(task, [...new Set(ids)]),
  );
}

async function awaitMany(task: Task<Flags>, ids: readonly string[]): Promise<ExitCode> {
  const { terminal, signal, options } = task;
  const bar = showProgress(terminal, "ended");
  const left = new Set(ids);
  const errors: unknown[] = [];
  const ended: TaskMessage[] = [];
  bar.update(0, ids.length);
  await Promise.all(
    ids.map(async (id) => {
      try {
        ended.push(await awaitOne(task, id, options.timeout));
        left.delete(id);
      } catch (error) {
        errors.push(error);
      }
      bar.update(ended.length, ids.length);
    }),
  );
  bar.stop();
  await printEnds(task, ended);
  if (signal.aborted) return leaveAlone(task, [...left]);
  for (const error of errors) printError(terminal, error);
  return worstOf([...ended.map(exitCodeOfTask), ...errors.map(exitCodeOf)]);
}

/** JSON is printed as the tasks end, so that a program can go on with each. */
async function awaitOne(
  { tasks, printer, signal }: Task<Flags>,
  id: string,
  timeoutMs: number | undefined,
): Promise<TaskMessage> {
  const ended = await tasks.await(id, { timeoutMs, signal });
  if (printer.isJson) await printer.json(TaskSchema, ended);
  return ended;
}

async function printEnds(task: Task<Flags>, ended: readonly TaskMessage[]): Promise<void> {
  const { printer, messages } = task;
  if (printer.isJson || ended.length === 0) return;
  const shown = await Promise.all(ended.map((each) => messages.task(each)));
  await printer.table(shown, [
    { name: "ID", value: ({ taskId }) => taskId },
    { name: "NAME", value: ({ spec }) => spec?.name ?? "" },
    { name: "STATE", value: ({ state }, colors) => stateText(state, colors) },
    { name: "RESULT", value: (task) => clip(endText(task), 80) },
  ]);
}

function endText(task: TaskMessage): string {
  return failureText(task.failure) || payloadText(task.result, 0);
}
