/** What the pipeline tells those who asked for it, and what they may change. */
import type { AttemptState, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { EnqueueTaskRequest } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { attemptEndAt } from "../core/attempt-codec.ts";
import { isTerminal, type TaskRecord } from "../core/record.ts";

/** A request that was checked and is not stored yet. */
export interface EnqueueEvent {
  readonly task: string;
  readonly request: EnqueueTaskRequest;
}

/** A task at a glance. */
export interface TaskEvent {
  readonly taskId: string;
  readonly task: string;
  readonly queue: string;
  readonly state: TaskState;
}

/** A task that a worker was handed. */
export interface HandedOutEvent extends TaskEvent {
  readonly attempt: number;
  /** How long it lay since it was due, in ms. */
  readonly waitedMs: number;
}

/** An attempt that has ended; `LOST`: its worker was not heard of any more. */
export interface AttemptEndedEvent extends TaskEvent {
  readonly attempt: number;
  readonly attemptState: AttemptState;
  /** From the hand-out, in ms. */
  readonly durationMs: number;
}

/** A task that has ended. */
export interface EndedEvent extends TaskEvent {
  /** From the enqueue to the end, in ms. */
  readonly durationMs: number;
}

/** An outcome that came too late: another attempt or end was first. */
export interface StaleOutcomeEvent {
  readonly taskId: string;
}

/** Those that only tell are called as it happens, on the way of all tasks: they must be quick and must not throw. */
export interface PipelineHooks {
  /** May give another request, which is checked as the first one was, or throw a QTasksError to refuse it. */
  readonly enqueue?: ((event: EnqueueEvent) => EnqueueEvent | Promise<EnqueueEvent>) | undefined;
  readonly enqueued?: ((event: TaskEvent) => void) | undefined;
  readonly handedOut?: ((event: HandedOutEvent) => void) | undefined;
  readonly attemptEnded?: ((event: AttemptEndedEvent) => void) | undefined;
  readonly ended?: ((event: EndedEvent) => void) | undefined;
  readonly staleOutcome?: ((event: StaleOutcomeEvent) => void) | undefined;
}

/** Tells what a record that was just written says; undefined where nobody asked. */
export function recordListener(hooks: PipelineHooks): ((record: TaskRecord) => void) | undefined {
  const { enqueued, attemptEnded, ended } = hooks;
  if (enqueued === undefined && attemptEnded === undefined && ended === undefined) return undefined;
  const endedNow = new SameTime();
  return (record) => {
    if (record.revision === 1) enqueued?.(eventOf(record));
    if (attemptEnded !== undefined && endsAttempt(record) && endedNow.isNew(record))
      attemptEnded({
        ...eventOf(record),
        attempt: record.attempt,
        attemptState: record.ended.at(-1)!.state,
        durationMs: Math.max(0, record.updatedAt - record.attemptStartedAt),
      });
    if (isTerminal(record.state))
      ended?.({
        ...eventOf(record),
        durationMs: Math.max(0, record.endedAt - record.createdAt),
      });
  };
}

/** Tells of records that were just handed out. */
export function handedOutEvent(record: TaskRecord): HandedOutEvent {
  const waitedMs = Math.max(0, record.attemptStartedAt - record.dueAt);
  return { ...eventOf(record), attempt: record.attempt, waitedMs };
}

/** Attempts that have ended at this time: a task that is written once more in the same ms ends none anew. */
class SameTime {
  #at = 0;
  readonly #attempts = new Set<string>();

  isNew({ id, attempt, updatedAt }: TaskRecord): boolean {
    if (updatedAt > this.#at) {
      this.#at = updatedAt;
      this.#attempts.clear();
    }
    const key = `${attempt} ${id}`;
    if (this.#attempts.has(key)) return false;
    this.#attempts.add(key);
    return true;
  }
}

/** The record's attempt ended at the time of this write. */
function endsAttempt({ attempt, ended, updatedAt }: TaskRecord): boolean {
  const last = ended.at(-1);
  if (last === undefined || last.number !== attempt) return false;
  return attemptEndAt(last.body) === updatedAt;
}

function eventOf({ id, name, queue, state }: TaskRecord): TaskEvent {
  return { taskId: id, task: name, queue, state };
}
