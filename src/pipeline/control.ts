/** What callers do to tasks that exist: cancel, retry, reschedule, delete. */
import { FailureKind, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { QTasksError, taskNotFound } from "../core/errors.ts";
import { encodeFailure, serverFailure } from "../core/failure.ts";
import { isTerminal, isWaiting, type TaskRecord } from "../core/record.ts";
import { decodeSpec, optionMs } from "../core/spec.ts";
import { stateName } from "../core/state-names.ts";
import { uniqueOf } from "../core/tags.ts";
import { endWaiting, requestCancel, reschedule, retryByHand } from "../core/transitions.ts";
import { durationMs } from "../core/duration.ts";
import type { Storage } from "../storage/storage.ts";
import { afterCancel } from "./aftermath.ts";
import { answer, applyChange, change, follow, type Decision } from "./change.ts";
import { keyHeldByOther } from "./enqueue.ts";
import type { Lanes } from "./lanes.ts";
import { repeat } from "./repeat.ts";

export interface CancelParams {
  readonly taskId: string;
  readonly reason: string;
  /** Unset: the handler decides how a running task ends. 0: at once. */
  readonly forceAfterMs?: number | undefined;
}

export interface RescheduleParams {
  readonly taskId: string;
  /** Ms since the epoch; unset: keep the time. */
  readonly dueAt?: number | undefined;
  readonly priority?: number | undefined;
  readonly expectedRevision?: number | undefined;
}

export class Control {
  readonly #lanes: Lanes;
  readonly #storage: Storage;

  constructor(lanes: Lanes, storage: Storage) {
    this.#lanes = lanes;
    this.#storage = storage;
  }

  /** The task after the cancel; a terminal one unchanged. TASK_NOT_FOUND. */
  cancel(params: CancelParams): Promise<TaskRecord> {
    return this.#change(params.taskId, (record) => this.#cancel(record, params));
  }

  /** Back to PENDING. TASK_NOT_TERMINAL, REVISION_MISMATCH, UNIQUE_KEY_HELD, TASK_NOT_FOUND. */
  retry(params: { taskId: string; expectedRevision?: number | undefined }): Promise<TaskRecord> {
    return this.#change(params.taskId, (record) => {
      checkRevision(record, params.expectedRevision);
      if (!isTerminal(record.state)) throw notTerminal(record);
      const { options, unique } = decodeSpec(record.spec);
      const after = retryByHand(record, {
        now: this.#storage.now(),
        pendingTimeoutMs: optionMs(options.pendingTimeout),
        totalTimeoutMs: optionMs(options.totalTimeout),
      });
      const window = unique?.window;
      const untilAt = window === undefined ? 0 : record.createdAt + durationMs(window);
      const claim = uniqueOf(record.tags) === undefined ? undefined : { untilAt };
      return change({ revision: record.revision, after, claim }, after);
    });
  }

  /** Another time or priority for a waiting task. TASK_ALREADY_STARTED, REVISION_MISMATCH, TASK_NOT_FOUND. */
  reschedule(params: RescheduleParams): Promise<TaskRecord> {
    return this.#change(params.taskId, (record) => {
      checkRevision(record, params.expectedRevision);
      if (!isWaiting(record.state)) throw alreadyStarted(record);
      const { dueAt, priority } = params;
      const sameTime = dueAt === undefined || dueAt === record.dueAt;
      if (sameTime && (priority ?? record.priority) === record.priority) return answer(record);
      const after = reschedule(record, { now: this.#storage.now(), dueAt, priority });
      return change(follow(record, after), after);
    });
  }

  /** Deletes a terminal task; one that is gone is no error. TASK_NOT_TERMINAL. */
  async remove(taskId: string): Promise<void> {
    let record = await this.#lanes.read(taskId);
    while (record !== undefined) {
      if (!isTerminal(record.state)) throw notTerminal(record);
      const items = [{ id: taskId, revision: record.revision }];
      const [verdict] = await repeat(() => this.#storage.remove({ items }));
      record = verdict?.kind === "conflict" ? verdict.record : undefined;
    }
  }

  #change(
    taskId: string,
    decide: (record: TaskRecord) => Decision<TaskRecord>,
  ): Promise<TaskRecord> {
    return applyChange<TaskRecord>(
      this.#lanes,
      taskId,
      (record) => {
        if (record === undefined) throw taskNotFound(taskId);
        return decide(record);
      },
      {
        held: (holder) => {
          throw keyHeldByOther(holder);
        },
      },
    );
  }

  #cancel(record: TaskRecord, { reason, forceAfterMs }: CancelParams): Decision<TaskRecord> {
    if (isTerminal(record.state)) return answer(record);
    const now = this.#storage.now();
    if (isWaiting(record.state)) {
      const failure = encodeFailure(serverFailure(FailureKind.CANCELED, reason || "canceled"));
      const end = { now, failure, cancelReason: reason };
      const after = endWaiting(record, TaskState.CANCELED, end);
      return change(follow(record, after), after);
    }
    if (forceAfterMs === 0) {
      const why = reason || record.cancelReason;
      const end = { now, random: 0, reported: false };
      const after = { ...afterCancel(record, why, end), cancelReason: why };
      return change(follow(record, after), after);
    }
    const forceAt = forceAfterMs === undefined ? record.forceAt : now + forceAfterMs;
    const sooner = forceAt !== 0 && (record.forceAt === 0 || forceAt < record.forceAt);
    if (record.state === TaskState.CANCELING && !sooner) return answer(record);
    const after = requestCancel(record, { now, reason, forceAt });
    return change(follow(record, after), after);
  }
}

function checkRevision(record: TaskRecord, expected: number | undefined): void {
  if (expected === undefined || expected === record.revision) return;
  throw new QTasksError(
    "REVISION_MISMATCH",
    `task ${record.id} is at revision ${record.revision}, not ${expected}: read it again`,
    { metadata: { task_id: record.id, revision: String(record.revision) } },
  );
}

function notTerminal(record: TaskRecord): QTasksError {
  return new QTasksError(
    "TASK_NOT_TERMINAL",
    `task ${record.id} is ${stateName(record.state)}, not terminal: await or cancel it first`,
    { metadata: { task_id: record.id } },
  );
}

function alreadyStarted(record: TaskRecord): QTasksError {
  return new QTasksError(
    "TASK_ALREADY_STARTED",
    `task ${record.id} is ${stateName(record.state)}: only a task that waits can be rescheduled`,
    { metadata: { task_id: record.id } },
  );
}
