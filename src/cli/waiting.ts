/** Waits for tasks as the commands do: with a bar, until a timeout, and leaving them alone on Ctrl-C. */
import { TaskSchema, type Task as TaskMessage } from "../../gen/qtasksapi/v1/task_pb.ts";
import { TaskFailedError, TaskState } from "../client/index.ts";
import type { Task } from "./command.ts";
import { EXIT, exitCodeOfTask, type ExitCode } from "./exit-codes.ts";
import { printError } from "./print-error.ts";
import { showProgress, type Bar } from "./progress.ts";
import { payloadText } from "./words.ts";

type Waiting = Pick<Task<object>, "tasks" | "messages" | "printer" | "terminal" | "signal">;

/** Waits for one task and prints its result, or why it has none. */
export async function awaitAndPrint(
  waiting: Waiting,
  taskId: string,
  timeoutMs: number | undefined,
): Promise<ExitCode> {
  const { terminal, signal } = waiting;
  const bar = showProgress(terminal, taskId);
  try {
    const task = await withTaskProgress(waiting, taskId, bar, () =>
      waiting.tasks.await(taskId, { timeoutMs, signal }),
    );
    bar.stop();
    await printEnd(waiting, task);
    return exitCodeOfTask(task);
  } catch (error) {
    bar.stop();
    if (!signal.aborted) throw error;
    return leaveAlone(waiting, [taskId]);
  }
}

/** The result on stdout, a failure on stderr; with JSON the task on stdout in either case. */
async function printEnd(waiting: Waiting, task: TaskMessage): Promise<void> {
  const { printer, terminal, messages } = waiting;
  if (printer.isJson) return printer.json(TaskSchema, task);
  if (task.state === TaskState.SUCCEEDED)
    await printer.text(payloadText(await messages.payload(task.result)));
  else printError(terminal, new TaskFailedError(task));
}

/** Says that the tasks go on, and how to wait for them again. */
export function leaveAlone(
  { terminal }: Pick<Waiting, "terminal">,
  ids: readonly string[],
): ExitCode {
  const [first, ...others] = ids;
  if (first === undefined) return EXIT.interrupted;
  terminal.note(
    others.length === 0
      ? `task ${first} goes on; wait for it again with: qtasks await ${first}`
      : `${ids.length} tasks go on; wait for them again with: qtasks await ${ids.join(" ")}`,
  );
  return EXIT.interrupted;
}

async function withTaskProgress<T>(
  { tasks, terminal }: Waiting,
  taskId: string,
  bar: Bar,
  wait: () => Promise<T>,
): Promise<T> {
  if (!terminal.isInteractive) return wait();
  const over = new AbortController();
  const watching = drawProgress();
  try {
    return await wait();
  } finally {
    over.abort();
    await watching;
  }
  async function drawProgress(): Promise<void> {
    try {
      for await (const change of tasks.watch(taskId, { signal: over.signal })) {
        if (change.type === "task") drawTask(bar, change.task);
      }
    } catch {
      // The bar is a courtesy; the wait itself tells what went wrong.
    }
  }
}

/** Draws the task's own progress. */
export function drawTask(bar: Bar, task: TaskMessage): void {
  const { completed = 0, total = 0, message = "" } = task.progress ?? {};
  bar.update(completed, total, message);
}
