/** Tasks as rows and as pages of details. */
import type { Task } from "../../gen/qtasksapi/v1/task_pb.ts";
import { attemptStateName } from "../client/index.ts";
import type { Column, Printer } from "./printer.ts";
import {
  ageText,
  clip,
  durationText,
  failureText,
  payloadText,
  progressText,
  safe,
  stateText,
  timeText,
} from "./words.ts";

/** The columns of a list of tasks. */
export const TASK_COLUMNS: readonly Column<Task>[] = [
  { name: "ID", value: (task) => task.taskId },
  { name: "NAME", value: (task) => task.spec?.name ?? "" },
  { name: "QUEUE", value: (task) => task.spec?.options?.queue ?? "" },
  { name: "STATE", value: (task, colors) => stateText(task.state, colors) },
  { name: "ATTEMPTS", value: (task) => String(task.attemptCount) },
  { name: "AGE", value: (task) => ageText(task.createTime) },
  { name: "", value: (task) => clip(remark(task), 60) },
];

function remark(task: Task): string {
  return failureText(task.failure) || progressText(task.progress);
}

/** Prints all that is known of a task. */
export async function printTask(printer: Printer, task: Task): Promise<void> {
  const { spec } = task;
  const { colors } = printer;
  const options = spec?.options;
  await printer.details([
    ["Task", task.taskId],
    ["Name", spec?.name ?? ""],
    ["State", stateText(task.state, colors)],
    ["Queue", options?.queue ?? ""],
    ["Priority", String(options?.priority ?? 0)],
    ["Attempts", attemptsText(task)],
    ["Progress", progressText(task.progress)],
    ["Worker", safe(task.workerId)],
    ["Labels", pairsText(options?.labels)],
    ["Headers", Object.keys(spec?.headers ?? {}).join(", ")],
    ["Unique key", spec?.unique?.key ?? ""],
    ["Parent", spec?.parentTaskId ?? ""],
    ["Attempt timeout", durationText(options?.attemptTimeout)],
    ["Total timeout", durationText(options?.totalTimeout)],
    ["Created", timeText(task.createTime)],
    ["Due", timeText(task.scheduleTime)],
    ["Started", timeText(task.startTime)],
    ["Next attempt", timeText(task.nextAttemptTime)],
    ["Ended", timeText(task.endTime)],
    ["Kept until", timeText(task.purgeTime)],
    ["Cancel reason", safe(task.cancelReason)],
    ["Failure", colors.red(failureText(task.failure))],
    ["Input", spec?.payload === undefined ? "" : payloadText(spec.payload)],
    ["Result", task.result === undefined ? "" : payloadText(task.result)],
  ]);
  if (task.attempts.length > 0) await printAttempts(printer, task);
}

function printAttempts(printer: Printer, task: Task): Promise<void> {
  return printer.table(task.attempts, [
    { name: "ATTEMPT", value: (attempt) => String(attempt.number) },
    { name: "STATE", value: (attempt) => attemptStateName(attempt.state) },
    { name: "WORKER", value: (attempt) => safe(attempt.workerId) },
    { name: "STARTED", value: (attempt) => timeText(attempt.startTime) },
    { name: "ENDED", value: (attempt) => timeText(attempt.endTime) },
    { name: "", value: (attempt) => clip(failureText(attempt.failure), 60) },
  ]);
}

function attemptsText(task: Task): string {
  const max = task.spec?.options?.retryPolicy?.maxAttempts;
  const limit = max === undefined ? "" : max < 0 ? " (no limit)" : ` of ${max}`;
  return `${task.attemptCount}${limit}`;
}

function pairsText(pairs: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(pairs ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");
}
