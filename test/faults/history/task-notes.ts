/** How the calls of clients are noted. */
import { ConflictPolicy, type Task } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { TaskService, type EnqueueTaskRequest } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { durationMs, timestampMs } from "../../../src/core/duration.ts";
import type { Answer } from "./answer.ts";
import type { Call, EnqueuedTask } from "./call.ts";
import { taskSight } from "./messages.ts";
import { notesOf, type MethodNotes } from "./notes.ts";

const { method } = TaskService;

/** By method. CountTasks and ListTaskEvents say nothing about a task that the checker could use. */
export const TASK_NOTES: Readonly<Record<string, MethodNotes>> = {
  enqueueTask: notesOf(
    method.enqueueTask,
    (request) => ({ op: "enqueue", tasks: [enqueuedTask(request)] }),
    ({ task, created }) => ({
      enqueued: [{ taskId: task?.taskId ?? "", created }],
      tasks: sights(task),
    }),
  ),
  batchEnqueueTasks: notesOf(
    method.batchEnqueueTasks,
    ({ requests }) => ({ op: "enqueue", tasks: requests.map(enqueuedTask) }),
    ({ results }) => ({
      enqueued: results.map(({ taskId, created, error }) =>
        error === undefined ? { taskId, created } : { taskId: "", created, error: error.reason },
      ),
    }),
  ),
  runTask: notesOf(
    method.runTask,
    ({ enqueue, wait }) => ({
      op: "run",
      tasks: enqueue === undefined ? [] : [enqueuedTask(enqueue)],
      waitMs: wait === undefined ? 0 : durationMs(wait),
    }),
    ({ task, created, done }) => ({
      enqueued: [{ taskId: task?.taskId ?? "", created }],
      tasks: sights(task),
      done,
    }),
  ),
  getTask: notesOf(method.getTask, ({ taskId }) => ({ op: "get", taskIds: [taskId] }), one),
  batchGetTasks: notesOf(
    method.batchGetTasks,
    ({ taskIds }) => ({ op: "get", taskIds }),
    ({ tasks, missingTaskIds }) => ({ tasks: tasks.map(taskSight), missing: missingTaskIds }),
  ),
  listTasks: notesOf(
    method.listTasks,
    () => ({ op: "list", taskIds: [] }),
    ({ tasks }) => ({ tasks: tasks.map(taskSight) }),
  ),
  awaitTask: notesOf(
    method.awaitTask,
    ({ taskId, wait, afterRevision }) => ({
      op: "await",
      taskIds: [taskId],
      waitMs: wait === undefined ? 0 : durationMs(wait),
      ...(afterRevision === undefined ? {} : { afterRevision: Number(afterRevision) }),
    }),
    ({ task, done }) => ({ tasks: sights(task), done }),
  ),
  batchAwaitTasks: notesOf(
    method.batchAwaitTasks,
    ({ taskIds, wait, minCount }) => ({
      op: "await",
      taskIds,
      waitMs: wait === undefined ? 0 : durationMs(wait),
      minCount: Math.max(1, minCount),
    }),
    ({ tasks, missingTaskIds }) => ({ tasks: tasks.map(taskSight), missing: missingTaskIds }),
  ),
  watchTask: notesOf(
    method.watchTask,
    ({ taskId }) => ({ op: "watch", taskIds: [taskId] }),
    ({ event }) => watched(event),
  ),
  watchTasks: notesOf(
    method.watchTasks,
    () => ({ op: "watch", taskIds: [] }),
    ({ event }) => watched(event),
  ),
  cancelTask: notesOf(method.cancelTask, ({ taskId }) => ({ op: "cancel", taskId }), one),
  retryTask: notesOf(method.retryTask, ({ taskId }) => ({ op: "retry", taskId }), one),
  rescheduleTask: notesOf(
    method.rescheduleTask,
    ({ taskId }) => ({ op: "reschedule", taskId }),
    one,
  ),
  deleteTask: notesOf(
    method.deleteTask,
    ({ taskId }) => ({ op: "delete", taskId }),
    () => ({}),
  ),
  batchCancelTasks: notesOf(
    method.batchCancelTasks,
    () => ({ op: "cancelMatching" }),
    () => ({}),
  ),
  batchRetryTasks: notesOf(
    method.batchRetryTasks,
    () => ({ op: "retryMatching" }),
    () => ({}),
  ),
};

function enqueuedTask({ taskId, spec, start }: EnqueueTaskRequest): EnqueuedTask {
  const { options, unique } = spec ?? {};
  const { retention } = options ?? {};
  return {
    taskId,
    name: spec?.name ?? "",
    ...(options?.queue ? { queue: options.queue } : {}),
    ...(options?.priority === undefined ? {} : { priority: options.priority }),
    ...(start.case === "delay" ? { delayMs: durationMs(start.value) } : {}),
    ...(start.case === "scheduleTime" ? { scheduleAt: timestampMs(start.value) } : {}),
    ...(retention === undefined ? {} : { retentionMs: durationMs(retention) }),
    ...(unique === undefined ? {} : uniquePart(unique)),
  };
}

function uniquePart({
  key,
  window,
  onConflict,
}: NonNullable<NonNullable<EnqueueTaskRequest["spec"]>["unique"]>): Partial<EnqueuedTask> {
  return {
    uniqueKey: key,
    ...(window === undefined ? {} : { uniqueWindowMs: durationMs(window) }),
    ...(onConflict === ConflictPolicy.REPLACE_PENDING ? { replaces: true } : {}),
  };
}

function one({ task }: { readonly task?: Task | undefined }): Answer {
  return { tasks: sights(task) };
}

function sights(task: Task | undefined) {
  return task === undefined ? [] : [taskSight(task)];
}

function watched(event: { readonly case?: string | undefined; readonly value?: unknown }) {
  return event.case === "task" ? { tasks: [taskSight(event.value as Task)] } : undefined;
}

/** How the harness notes its last word on all tasks: a batch read, marked as such. */
export function readOutCall(taskIds: readonly string[]): Call {
  return { op: "readOut", taskIds };
}
