/** Enqueue: from a checked request to a durable record. */
import {
  ConflictPolicy,
  FailureKind,
  TaskState,
  type TaskSpec,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import type { EnqueueTaskRequest } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { QTasksError } from "../core/errors.ts";
import { encodeFailure, serverFailure } from "../core/failure.ts";
import type { Limits } from "../core/limits.ts";
import { isWaiting, type TaskRecord } from "../core/record.ts";
import { decodeSpec } from "../core/spec.ts";
import { endWaiting } from "../core/transitions.ts";
import type { NewTask } from "../storage/storage.ts";
import { answer, applyChange, change, follow } from "./change.ts";
import type { Definitions, KnownDefinition } from "./definitions.ts";
import type { PipelineHooks } from "./hooks.ts";
import type { CreateOutcome, Lanes } from "./lanes.ts";
import { newTask } from "./new-task.ts";

export interface Enqueued {
  readonly record: TaskRecord;
  /** False when the id or the unique key found an earlier task. */
  readonly created: boolean;
}

export type EnqueueOutcome = Enqueued | Error;

export interface EnqueuerParts {
  readonly lanes: Lanes;
  readonly definitions: Definitions;
  readonly limits: Limits;
  readonly now: () => number;
  /** What an app does to requests before they are stored. */
  readonly hook?: PipelineHooks["enqueue"];
  /** Throws for a request that must not be stored; asked about what the hook gives. @default none */
  readonly check?: CheckEnqueue | undefined;
}

/** Rules of requests, as callers' own are checked by before they come here. */
export type CheckEnqueue = (request: EnqueueTaskRequest, limits: Limits) => void;

export class Enqueuer {
  readonly #parts: EnqueuerParts;

  constructor(parts: EnqueuerParts) {
    this.#parts = parts;
  }

  /** Resolves once the task is durable. The request has been checked; what the hook gives is checked here. */
  async enqueue(request: EnqueueTaskRequest): Promise<Enqueued> {
    const { hook } = this.#parts;
    return this.#enqueue(hook === undefined ? request : await this.#hooked(request, hook));
  }

  async #hooked(
    request: EnqueueTaskRequest,
    hook: NonNullable<PipelineHooks["enqueue"]>,
  ): Promise<EnqueueTaskRequest> {
    const { check, limits } = this.#parts;
    const { request: given } = await hook({ task: request.spec!.name, request });
    // Also where it is the same: it may have been changed in place.
    check?.(given, limits);
    return given;
  }

  async #enqueue(request: EnqueueTaskRequest): Promise<Enqueued> {
    const { lanes, definitions } = this.#parts;
    const { name } = request.spec!;
    const task = this.#newTask(request, definitions.known(name) ?? (await definitions.get(name)));
    return this.#enqueued(request, task, await lanes.create(task));
  }

  /** Many at once: an outcome for each, in order; an error stays in its request's place. */
  async enqueueAll(requests: readonly EnqueueTaskRequest[]): Promise<EnqueueOutcome[]> {
    const { lanes, definitions, hook } = this.#parts;
    if (hook !== undefined)
      return allSettled(requests.map((request) => errorAsValue(this.enqueue(request))));
    const begun = requests.map((request) => {
      const definition = definitions.known(request.spec!.name);
      return definition && orError(() => this.#newTask(request, definition));
    });
    const isTask = (task: NewTask | Error | undefined): task is NewTask =>
      task !== undefined && !(task instanceof Error);
    const verdicts = await lanes.createAll(begun.filter(isTask));
    let next = 0;
    const outcomes = begun.map((task, at) => {
      const request = requests[at]!;
      // A name that is new here is looked up, for each request by itself.
      if (task === undefined) return errorAsValue(this.enqueue(request));
      if (task instanceof Error) return task;
      const verdict = verdicts[next++]!;
      if (verdict instanceof Error) return verdict;
      const outcome = orError(() => this.#enqueued(request, task, verdict));
      return outcome instanceof Promise ? errorAsValue(outcome) : outcome;
    });
    return allSettled(outcomes);
  }

  #newTask(request: EnqueueTaskRequest, { options }: KnownDefinition): NewTask {
    const { limits, now } = this.#parts;
    return newTask(request, options, limits, now());
  }

  #enqueued(
    request: EnqueueTaskRequest,
    task: NewTask,
    { verdict, repeated }: CreateOutcome,
  ): Enqueued | Promise<Enqueued> {
    switch (verdict.kind) {
      case "created":
        return { record: task.record, created: true };
      case "exists":
        return existing(task.record, verdict.record, repeated);
      case "held":
        return this.#resolveHeld(request, task, verdict.record);
    }
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

/** What the step gives, or its error in place of it. */
function orError<T>(step: () => T): T | QTasksError {
  try {
    return step();
  } catch (thrown) {
    return QTasksError.from(thrown);
  }
}

/** Waits for those that are still under way: none, or few. */
async function allSettled(
  outcomes: readonly (EnqueueOutcome | Promise<EnqueueOutcome>)[],
): Promise<EnqueueOutcome[]> {
  const settled: EnqueueOutcome[] = [];
  for (const outcome of outcomes)
    settled.push(outcome instanceof Promise ? await outcome : outcome);
  return settled;
}

/** An error becomes the value: all are waited for one by one, and none may go unhandled meanwhile. */
function errorAsValue<T>(promise: Promise<T>): Promise<T | QTasksError> {
  return promise.catch((thrown: unknown) => QTasksError.from(thrown));
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
