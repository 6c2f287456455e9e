/** Enqueues a task for each line of stdin, many at a time. */
import { createInterface } from "node:readline";

import { create } from "@bufbuild/protobuf";

import { BatchEnqueueResultSchema } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { QTasksError, TaskHandle, type EnqueueOptions, type TaskClient } from "../client/index.ts";
import type { Task } from "./command.ts";
import { EXIT, exitCodeOf, worstOf, type ExitCode } from "./exit-codes.ts";
import { parseJson } from "./input.ts";
import { showProgress } from "./progress.ts";
import { UsageError } from "./usage-error.ts";
import { safe } from "./words.ts";

type Enqueueing = Pick<Task<object>, "tasks" | "printer" | "terminal" | "signal">;

interface Line {
  readonly number: number;
  readonly text: string;
}

/** Lines under way at once: two full batches, so that one gathers while the other travels. */
const CHUNK = 2_000;
/** Lines that are told about when they can't be enqueued; the others are counted. */
const MAX_SHOWN = 10;

/**
 * Prints each new id, in order. A line that can't be enqueued is told on stderr with its number, the
 * first ten of them, and the others go on; the exit code is then not 0.
 */
export async function enqueueLines(
  enqueueing: Enqueueing,
  name: string,
  options: EnqueueOptions,
): Promise<ExitCode> {
  const { tasks, terminal, signal } = enqueueing;
  const bar = showProgress(terminal, "enqueued");
  const codes = new Set<ExitCode>();
  let count = 0;
  let refused = 0;
  try {
    for await (const chunk of chunks(terminal.stdin)) {
      const results = chunk.map((line) => enqueueLine(tasks, name, line, options));
      for (const [index, result] of (await Promise.all(results)).entries()) {
        if (result instanceof TaskHandle) count++;
        else refused++;
        codes.add(await report(enqueueing, chunk[index]!, result, refused <= MAX_SHOWN));
      }
      bar.update(count, 0);
      if (signal.aborted) codes.add(EXIT.interrupted);
      if (signal.aborted || codes.has(EXIT.unreachable)) break;
    }
  } finally {
    bar.stop();
  }
  if (refused > MAX_SHOWN) terminal.note(`… and ${refused - MAX_SHOWN} more lines`);
  terminal.note(`${count} tasks enqueued`);
  return worstOf([...codes]);
}

async function enqueueLine(
  tasks: TaskClient,
  name: string,
  { number, text }: Line,
  options: EnqueueOptions,
): Promise<TaskHandle | Error> {
  try {
    return await tasks.enqueue(name, parseJson(`line ${number}`, text), options);
  } catch (error) {
    return error as Error;
  }
}

async function report(
  { printer, terminal }: Enqueueing,
  { number }: Line,
  outcome: TaskHandle | Error,
  shown: boolean,
): Promise<ExitCode> {
  if (outcome instanceof TaskHandle) {
    const { id: taskId, created } = outcome;
    const result = create(BatchEnqueueResultSchema, { taskId, created });
    await printer.one(BatchEnqueueResultSchema, result, () => taskId);
    return EXIT.ok;
  }
  const isJson = !(outcome instanceof UsageError);
  const { message } = outcome;
  if (shown) terminal.note(safe(isJson ? `line ${number}: ${message}` : message));
  if (printer.isJson) {
    const reason = isJson ? QTasksError.from(outcome).reason : "FIELD_VIOLATION";
    const result = create(BatchEnqueueResultSchema, { error: { reason, message } });
    await printer.json(BatchEnqueueResultSchema, result);
  }
  return exitCodeOf(outcome);
}

/** Lines that aren't empty, in chunks. */
async function* chunks(input: NodeJS.ReadableStream): AsyncGenerator<Line[]> {
  let chunk: Line[] = [];
  let number = 0;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    number++;
    if (text.trim() === "") continue;
    chunk.push({ number, text });
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
