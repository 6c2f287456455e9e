/** Enqueue: from a checked request to a durable record. */
import {
  ConflictPolicy,
  FailureKind,
  TaskState,
  type TaskOptions,
  type TaskSpec,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import type { EnqueueTaskRequest } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { durationMs, timestampMs } from "../core/duration.ts";
import { fieldError, QTasksError } from "../core/errors.ts";
import { encodeFailure, serverFailure } from "../core/failure.ts";
import { uuidv7 } from "../core/ids.ts";
import type { Limits } from "../core/limits.ts";
import { isWaiting, type TaskRecord } from "../core/record.ts";
import type { SpecCodec } from "../core/spec-codec.ts";
import {
  decodeSpec,
  DEFAULT_QUEUE,
  effectiveOptions,
  MIN_RETENTION_MS,
  optionMs,
} from "../core/spec.ts";
import { isLabelTag, tagsOf } from "../core/tags.ts";
import { endWaiting } from "../core/transitions.ts";
import type { NewTask } from "../storage/storage.ts";
import { answer, applyChange, change, follow } from "./change.ts";
import type { Definitions } from "./definitions.ts";
import type { Lanes } from "./lanes.ts";

export interface Enqueued {
  readonly record: TaskRecord;
  /** False when the id or the unique key found an earlier task. */
  readonly created: boolean;
}

export interface EnqueuerParts {
  readonly lanes: Lanes;
  readonly definitions: Definitions;
  readonly specs: SpecCodec;
  readonly limits: Limits;
  readonly now: () => number;
}

export class Enqueuer {
  readonly #parts: EnqueuerParts;

  constructor(parts: EnqueuerParts) {
    this.#parts = parts;
  }

  /** Resolves once the task is durable. The request has been checked. */
  async enqueue(request: EnqueueTaskRequest): Promise<Enqueued> {
    const { lanes, definitions, specs, now } = this.#parts;
    const { options } = await definitions.get(request.spec!.name);
    const effective = effectiveOptions(request.spec!.options, options);
    const task = newTask(request, effective, specs, now());
    this.#checkLabels(task.record);
    const { verdict, repeated } = await lanes.create(task);
    switch (verdict.kind) {
      case "created":
        return { record: task.record, created: true };
      case "exists":
        return existing(task.record, verdict.record, repeated);
      case "held":
        return this.#resolveHeld(request, task, verdict.record);
    }
  }

  /** The definition's labels count too: only here are both known. */
  #checkLabels({ tags }: TaskRecord): void {
    const { maxLabels } = this.#parts.limits;
    const count = tags.filter(isLabelTag).length;
    if (count <= maxLabels) return;
    const message = `at most ${maxLabels} entries, those of the definition included; got ${count}`;
    throw fieldError("spec.options.labels", message);
  }

  async #resolveHeld(
    request: EnqueueTaskRequest,
    task: NewTask,
    holder: TaskRecord,
  ): Promise<Enqueued> {
    const policy = request.spec!.unique!.onConflict;
    if (policy === ConflictPolicy.REJECT) throw keyHeld(request.spec!, holder);
    if (policy !== ConflictPolicy.REPLACE_PENDING) return { record: holder, created: false };
    await this.#cancelUnstarted(request.spec!, holder, task.record.id);
    const unique = { ...task.unique!, replaces: holder.id };
    const { verdict, repeated } = await this.#parts.lanes.create({ ...task, unique });
    if (verdict.kind === "created") return { record: task.record, created: true };
    if (verdict.kind === "exists") return existing(task.record, verdict.record, repeated);
    // A third one took the key in between: it is the one to replace now.
    return this.#resolveHeld(request, task, verdict.record);
  }

  async #cancelUnstarted(spec: TaskSpec, holder: TaskRecord, by: string): Promise<void> {
    const reason = `replaced by ${by}`;
    await applyChange(
      this.#parts.lanes,
      holder.id,
      (record) => {
        if (record === undefined) return answer(undefined);
        if (record.startedAt !== 0) throw keyHeld(spec, record);
        // Ended unstarted: it holds the key by its window alone.
        if (!isWaiting(record.state)) return answer(undefined);
        const failure = encodeFailure(serverFailure(FailureKind.CANCELED, reason));
        const end = { now: this.#parts.now(), failure, cancelReason: reason };
        return change(follow(record, endWaiting(record, TaskState.CANCELED, end)), undefined);
      },
      { known: holder },
    );
  }
}

/** The record and the claim that a checked request stands for. */
function newTask(
  request: EnqueueTaskRequest,
  options: TaskOptions,
  specs: SpecCodec,
  now: number,
): NewTask {
  const spec: TaskSpec = { ...request.spec!, options };
  const dueAt = Math.max(startTime(request, now), now);
  const pendingTimeoutMs = optionMs(options.pendingTimeout);
  const totalTimeoutMs = optionMs(options.totalTimeout);
  const record: TaskRecord = {
    id: request.taskId === "" ? uuidv7() : request.taskId,
    name: spec.name,
    queue: options.queue || DEFAULT_QUEUE,
    spec: specs.encode(request.spec!, options),
    tags: tagsOf(spec),
    attemptTimeoutMs: optionMs(options.attemptTimeout),
    retentionMs: Math.max(MIN_RETENTION_MS, optionMs(options.retention)),
    createdAt: now,
    state: dueAt > now ? TaskState.SCHEDULED : TaskState.PENDING,
    revision: 1,
    priority: options.priority ?? 0,
    dueAt,
    orderAt: dueAt,
    updatedAt: now,
    pendingDeadlineAt: pendingTimeoutMs === 0 ? 0 : dueAt + pendingTimeoutMs,
    totalDeadlineAt: totalTimeoutMs === 0 ? 0 : dueAt + totalTimeoutMs,
    ...UNSTARTED,
  };
  if (spec.unique === undefined || spec.unique.key === "") return { record };
  const { window } = spec.unique;
  return { record, unique: { untilAt: window === undefined ? 0 : now + durationMs(window) } };
}

const UNSTARTED = Object.freeze({
  startedAt: 0,
  endedAt: 0,
  purgeAt: 0,
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
  stamp: 0,
  cancelReason: "",
  ended: [],
});

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

function existing(mine: TaskRecord, stored: TaskRecord, repeated: boolean): Enqueued {
  if (stored.name !== mine.name)
    throw new QTasksError(
      "TASK_ID_EXISTS",
      `task id ${mine.id} is taken by a task named ${stored.name}`,
      { metadata: { task_id: mine.id, name: stored.name } },
    );
  // The first try of this very call came through though its answer did not.
  const own =
    repeated && stored.createdAt === mine.createdAt && Buffer.compare(stored.spec, mine.spec) === 0;
  return { record: stored, created: own };
}

/** UNIQUE_KEY_HELD, with the id of the task that holds the key in the metadata. */
export function keyHeld(spec: TaskSpec, holder: TaskRecord): QTasksError {
  return new QTasksError(
    "UNIQUE_KEY_HELD",
    `unique key ${spec.unique?.key ?? ""} of ${spec.name} is held by task ${holder.id}`,
    { metadata: { task_id: holder.id, unique_key: spec.unique?.key ?? "" } },
  );
}

/** UNIQUE_KEY_HELD for a task that can't take its key again. */
export function keyHeldByOther(holder: TaskRecord): QTasksError {
  return keyHeld(decodeSpec(holder.spec), holder);
}
