/** Messages of the contract as the history notes them. */
import { createHash } from "node:crypto";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { Payload, Task } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { timestampMs } from "../../../src/core/duration.ts";
import { attemptStateName, stateName } from "../../../src/core/state-names.ts";
import type { AttemptStateName, StateName, TaskSight } from "./answer.ts";

const MAX_PLAIN_RESULT = 40;

/** A task as somebody saw it. */
export function taskSight(task: Task): TaskSight {
  const endedAt = timeOf(task.endTime);
  return {
    taskId: task.taskId,
    state: stateName(task.state) as StateName,
    revision: Number(task.revision),
    retries: task.manualRetryCount,
    createdAt: timeOf(task.createTime) ?? 0,
    scheduledAt: timeOf(task.scheduleTime) ?? 0,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(task.result === undefined ? {} : { result: resultText(task.result) }),
    ...(task.attempts.length === 0 ? {} : { attempts: task.attempts.map(attemptSight) }),
  };
}

function attemptSight(attempt: Task["attempts"][number]) {
  const endedAt = timeOf(attempt.endTime);
  return {
    number: attempt.number,
    state: attemptStateName(attempt.state) as AttemptStateName,
    fencing: Number(attempt.fencingToken),
    startedAt: timeOf(attempt.startTime) ?? 0,
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}

/** A short text that is the same for the same body and, in practice, for no other. */
export function resultText(payload: Payload | undefined): string {
  const body = payload?.body;
  if (body?.case === "text" && body.value.length <= MAX_PLAIN_RESULT) return body.value;
  if (body?.value === undefined) return "";
  return `sha256:${createHash("sha256").update(body.value).digest("hex").slice(0, 32)}`;
}

/** A lease token as text. */
export function tokenText(token: Uint8Array): string {
  return Buffer.from(token.buffer, token.byteOffset, token.byteLength).toString("base64url");
}

function timeOf(timestamp: Timestamp | undefined): number | undefined {
  return timestamp === undefined ? undefined : timestampMs(timestamp);
}
