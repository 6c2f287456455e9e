/** From a checked request to the record that is to be stored. */
import { TaskState, type UniqueKey } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { EnqueueTaskRequest } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { durationMs, timestampMs } from "../core/duration.ts";
import type { DefinitionOptions, EffectiveOptions } from "../core/effective-options.ts";
import { fieldError } from "../core/errors.ts";
import { uuidv7 } from "../core/ids.ts";
import type { Limits } from "../core/limits.ts";
import type { TaskRecord } from "../core/record.ts";
import { encodeSpec } from "../core/spec-codec.ts";
import { tagsOf } from "../core/tags.ts";
import type { NewTask, UniqueClaim } from "../storage/storage.ts";

const NONE_ENDED: TaskRecord["ended"] = Object.freeze([]);

/**
 * The record and the claim that a checked request stands for. Throws FIELD_VIOLATION where its labels and the
 * definition's are too many together.
 */
export function newTask(
  request: EnqueueTaskRequest,
  definition: DefinitionOptions,
  limits: Limits,
  now: number,
): NewTask {
  const spec = request.spec!;
  const options = definition.under(spec.options);
  checkLabels(options, limits);
  const dueAt = Math.max(startTime(request, now), now);
  const { pendingTimeoutMs, totalTimeoutMs } = options;
  const record: TaskRecord = {
    id: request.taskId === "" ? uuidv7() : request.taskId,
    name: spec.name,
    queue: options.queue,
    spec: encodeSpec(spec, options),
    tags: tagsOf(spec, options.labelTags),
    attemptTimeoutMs: options.attemptTimeoutMs,
    retentionMs: options.retentionMs,
    createdAt: now,
    state: dueAt > now ? TaskState.SCHEDULED : TaskState.PENDING,
    revision: 1,
    stamp: 0,
    priority: options.priority,
    dueAt,
    orderAt: dueAt,
    startedAt: 0,
    updatedAt: now,
    endedAt: 0,
    purgeAt: 0,
    pendingDeadlineAt: pendingTimeoutMs === 0 ? 0 : dueAt + pendingTimeoutMs,
    totalDeadlineAt: totalTimeoutMs === 0 ? 0 : dueAt + totalTimeoutMs,
    attempt: 0,
    charged: 0,
    lost: 0,
    undelivered: 0,
    manualRetries: 0,
    nonce: "",
    leaseEndAt: 0,
    delivered: false,
    attemptStartedAt: 0,
    attemptDeadlineAt: 0,
    forceAt: 0,
    workerId: "",
    sessionId: "",
    eventSequence: 0,
    attemptEvents: 0,
    attemptOutputs: 0,
    outputCount: 0,
    outputBytes: 0,
    cancelReason: "",
    result: undefined,
    failure: undefined,
    progress: undefined,
    checkpoint: undefined,
    ended: NONE_ENDED,
  };
  return { record, unique: claimOf(spec.unique, now) };
}

function claimOf(unique: UniqueKey | undefined, now: number): UniqueClaim | undefined {
  if (unique === undefined || unique.key === "") return undefined;
  const { window } = unique;
  return { untilAt: window === undefined ? 0 : now + durationMs(window) };
}

/** The definition's labels count too: only here are both known. */
function checkLabels({ labelTags }: EffectiveOptions, { maxLabels }: Limits): void {
  const count = labelTags.length;
  if (count <= maxLabels) return;
  const message = `at most ${maxLabels} entries, those of the definition included; got ${count}`;
  throw fieldError("spec.options.labels", message);
}

function startTime(request: EnqueueTaskRequest, now: number): number {
  switch (request.start.case) {
    case "scheduleTime":
      return timestampMs(request.start.value);
    case "delay":
      return now + durationMs(request.start.value);
    case undefined:
      return now;
  }
}
