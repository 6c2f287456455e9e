/** One task for each file, enqueued in batches and awaited all together. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  fromPayload,
  TaskFailedError,
  TaskState,
  type Task,
  type TaskClient,
  type TaskHandle,
} from "../../src/client/index.ts";
import { DIGEST, REPORT, RUN_LABEL } from "./contract.ts";
import type { FileDigest } from "./digest.ts";
import type { FileReport } from "./report.ts";
import type { FoundFile } from "./walk.ts";

/** How the task of one file ended. */
export type Ended = { readonly path: string; readonly taskId: string } & (
  { readonly digest: FileDigest } | { readonly failure: string }
);

export interface DigestRun {
  /** Absolute, for the worker may have another current folder. */
  readonly folder: string;
  /** Part of every task's id: the same run finds the tasks that it has enqueued before. */
  readonly run: string;
  readonly signal: AbortSignal;
  readonly onEnqueued: (count: number, created: number) => void;
  readonly onEnded: (ended: Ended) => void;
}

const BATCH = 1_000;

/**
 * Enqueues and awaits a task for each file; gives their ends in the order of the files. While the server is away it
 * waits as long as the client's patience.
 */
export async function digestAll(
  client: TaskClient,
  files: readonly FoundFile[],
  run: DigestRun,
): Promise<Ended[]> {
  const ends: Promise<Ended>[] = [];
  for (let from = 0; from < files.length; from += BATCH) {
    const batch = files.slice(from, from + BATCH);
    const handles = await enqueueBatch(client, batch, run);
    run.onEnqueued(handles.length, handles.filter(({ created }) => created).length);
    for (const [index, handle] of handles.entries())
      ends.push(untilEnded(handle, batch[index]!.path, run));
  }
  return Promise.all(ends);
}

/** Enqueues the last task and awaits its result. */
export async function gatherReport(
  client: TaskClient,
  { run, signal }: Pick<DigestRun, "run" | "signal">,
): Promise<FileReport> {
  const options = { taskId: `files-${run}-report`, labels: { [RUN_LABEL]: run } };
  return client.run<FileReport>(REPORT, { run }, { ...options, signal });
}

async function enqueueBatch(
  client: TaskClient,
  files: readonly FoundFile[],
  { folder, run }: DigestRun,
): Promise<TaskHandle[]> {
  const results = await client.enqueueMany(
    files.map(({ path }) => ({
      name: DIGEST,
      input: { path: join(folder, path) },
      options: { taskId: taskIdOf(run, path), labels: { [RUN_LABEL]: run } },
    })),
  );
  return results.map((result) => {
    if (!result.ok) throw result.error;
    return result.handle;
  });
}

function taskIdOf(run: string, path: string): string {
  return `files-${run}-${createHash("sha256").update(path).digest("hex").slice(0, 32)}`;
}

function untilEnded(handle: TaskHandle, path: string, run: DigestRun): Promise<Ended> {
  const { signal, onEnded } = run;
  const ended = handle.done({ signal }).then((task) => {
    const end = endOf(task, path);
    onEnded(end);
    return end;
  });
  // When a later batch fails nobody awaits this one any more.
  ended.catch(() => undefined);
  return ended;
}

function endOf(task: Task, path: string): Ended {
  const { taskId } = task;
  if (task.state !== TaskState.SUCCEEDED)
    return { path, taskId, failure: new TaskFailedError(task).failure.message };
  return { path, taskId, digest: fromPayload(task.result) as FileDigest };
}
