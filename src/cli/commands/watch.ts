/** `qtasks watch`: follow a task until it has ended. */
import { create } from "@bufbuild/protobuf";
import type { Command } from "commander";

import type { Task as TaskMessage } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { WatchTaskResponseSchema } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { TaskFailedError, TaskState, TaskView, type TaskChange } from "../../client/index.ts";
import { addExamples, connected, type Surroundings, type Task } from "../command.ts";
import { EXIT, exitCodeOfTask, type ExitCode } from "../exit-codes.ts";
import { eventText } from "../event-text.ts";
import { printError } from "../print-error.ts";
import { showProgress } from "../progress.ts";
import type { Colors } from "../terminal.ts";
import { drawTask, leaveAlone } from "../waiting.ts";
import { payloadText, progressText, safe, stateText, timeText } from "../words.ts";

interface Flags {
  readonly events?: boolean;
}

export function watchCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("watch")
    .description("Follow a task's changes until it has ended")
    .argument("<id>", "id of the task")
    .option("--events", "its outputs and logs too, from the first that is kept");
  addExamples(command, "watch 0198c0de-1111-7abc-8def-0123456789ab --events");
  connected<Flags, [string]>(command, surroundings, watch);
}

async function watch(task: Task<Flags>, id: string): Promise<ExitCode> {
  const { tasks, terminal, signal, options } = task;
  const bar = showProgress(terminal, id);
  const view = TaskView.RESULT;
  let code: ExitCode = EXIT.stillRunning;
  try {
    for await (const change of tasks.watch(id, { events: options.events ?? false, view, signal })) {
      await printChange(task, change);
      if (change.type !== "task") continue;
      drawTask(bar, change.task);
      code = exitCodeOfTask(change.task);
      if (code === EXIT.ok || code === EXIT.failed) await printEnd(task, change.task);
    }
    return code;
  } catch (error) {
    if (!signal.aborted) throw error;
    bar.stop();
    return leaveAlone(task, [id]);
  } finally {
    bar.stop();
  }
}

async function printChange(task: Task<Flags>, change: TaskChange): Promise<void> {
  const { printer, messages } = task;
  if (!printer.isJson) {
    const { colors } = printer;
    await printer.text(
      change.type === "task"
        ? changeText(change.task, colors)
        : eventText(await messages.event(change.event), colors),
    );
    return;
  }
  const event =
    change.type === "task"
      ? ({ case: "task", value: change.task } as const)
      : ({ case: "taskEvent", value: change.event } as const);
  await printer.json(WatchTaskResponseSchema, create(WatchTaskResponseSchema, { event }));
}

async function printEnd(
  { printer, terminal, messages }: Task<Flags>,
  task: TaskMessage,
): Promise<void> {
  if (printer.isJson) return;
  if (task.state !== TaskState.SUCCEEDED) printError(terminal, new TaskFailedError(task));
  else if (task.result !== undefined)
    await printer.text(payloadText(await messages.payload(task.result)));
}

function changeText(task: TaskMessage, colors: Colors): string {
  const parts = [colors.dim(timeText(task.updateTime)), stateText(task.state, colors)];
  if (task.attemptCount > 0) parts.push(`attempt ${task.attemptCount}`);
  if (task.state === TaskState.RUNNING && task.workerId !== "")
    parts.push(`on ${safe(task.workerId)}`);
  if (task.progress !== undefined) parts.push(progressText(task.progress));
  return parts.join("  ");
}
