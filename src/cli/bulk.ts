/** What cancel and retry share: ids or filter flags, a question before many are touched, a bar. */
import {
  TaskSchema,
  type Task as TaskMessage,
  type TaskState,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskQuery } from "../client/index.ts";
import type { Given, Task } from "./command.ts";
import { EXIT, exitCodeOf, worstOf, type ExitCode } from "./exit-codes.ts";
import { filterOf, isUnfiltered, type FilterOptions } from "./filter-options.ts";
import { printError } from "./print-error.ts";
import { showProgress } from "./progress.ts";
import { TASK_COLUMNS } from "./task-columns.ts";
import { UsageError } from "./usage-error.ts";

export interface BulkFlags extends FilterOptions {
  readonly yes?: boolean;
}

/** How a verb is done to one task and to all that match. */
export interface Verb {
  /** "Cancel". */
  readonly name: string;
  /** "canceled". */
  readonly past: string;
  /** States that it is for, unless --state says otherwise. */
  readonly states: readonly TaskState[];
  one(taskId: string): Promise<TaskMessage>;
  /** Gives how many were touched so far. */
  matching(filter: TaskQuery): AsyncIterable<number>;
  /** Prints the totals as JSON. */
  printTotals(): Promise<void>;
}

const AT_ONCE = 100;

/** Ids, or filter flags. Throws a UsageError for both, for none, and where nobody can be asked. */
export async function chooseTasks(
  { options, terminal }: Given<BulkFlags>,
  ids: readonly string[],
): Promise<readonly string[]> {
  const unfiltered = isUnfiltered(options);
  if (ids.length > 0 && !unfiltered)
    throw new UsageError("give ids or filter flags such as --queue, not both");
  if (ids.length === 0 && unfiltered)
    throw new UsageError("give ids of tasks, or filter flags such as --queue");
  if (ids.length === 0 && options.yes !== true && !terminal.isInteractive)
    throw new UsageError("a filter needs --yes where there is no terminal to ask on");
  return ids;
}

/** Does the verb to the ids or, without any, to all that the flags choose. */
export function doToTasks(
  task: Task<BulkFlags>,
  ids: readonly string[],
  verb: Verb,
): Promise<ExitCode> {
  return ids.length > 0 ? doToIds(task, ids, verb) : doToMatching(task, verb);
}

async function doToIds(
  { printer, terminal }: Task<BulkFlags>,
  ids: readonly string[],
  verb: Verb,
): Promise<ExitCode> {
  const done: TaskMessage[] = [];
  const errors: unknown[] = [];
  const bar = ids.length > 1 ? showProgress(terminal, verb.name) : undefined;
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE);
    for (const result of await Promise.allSettled(some.map((id) => verb.one(id)))) {
      if (result.status === "fulfilled") done.push(result.value);
      else errors.push(result.reason);
    }
    bar?.update(done.length, ids.length);
  }
  bar?.stop();
  await printer.rows(TaskSchema, done, TASK_COLUMNS);
  for (const error of errors) printError(terminal, error);
  return worstOf(errors.map(exitCodeOf));
}

async function doToMatching(task: Task<BulkFlags>, verb: Verb): Promise<ExitCode> {
  const { tasks, printer, terminal, options, signal } = task;
  const filter: TaskQuery = { states: [...verb.states], ...definedOf(filterOf(options)) };
  const { count } = await tasks.count(filter, { signal });
  const agreed =
    options.yes === true || (await terminal.confirm(`${verb.name} ${tasksText(Number(count))}?`));
  if (!agreed) return EXIT.failed;
  const bar = showProgress(terminal, verb.name);
  let done = 0;
  try {
    for await (done of verb.matching(filter)) bar.update(done, Number(count));
  } finally {
    bar.stop();
  }
  if (printer.isJson) await verb.printTotals();
  else await printer.text(`${tasksText(done)} ${verb.past}`);
  return EXIT.ok;
}

function tasksText(count: number): string {
  return count === 1 ? "1 task" : `${count} tasks`;
}

function definedOf(filter: TaskQuery): TaskQuery {
  const entries = Object.entries(filter).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}
