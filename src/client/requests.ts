/** Options of the calls about existing tasks. Times are in ms. */
import type { MessageInitShape } from "@bufbuild/protobuf";

import type { Task, TaskFilterSchema, TaskView } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { CallOptions } from "../core/calls.ts";
import type { EnqueueOptions } from "../core/enqueue-request.ts";
import type { WaitOptions } from "./wait.ts";

/** Which tasks: all set fields must match, a repeated one by any of its values. */
export type TaskQuery = MessageInitShape<typeof TaskFilterSchema>;

export interface GetOptions extends CallOptions {
  /** @default FULL */
  readonly view?: TaskView;
}

export interface ListOptions {
  /** @default BASIC */
  readonly view?: TaskView;
  /** Tasks of one page, at most 1000. @default 50 */
  readonly pageSize?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface PageOptions extends ListOptions {
  /** From the page before. */
  readonly pageToken?: string;
}

/** Tasks, newest first. */
export interface TaskPage {
  readonly tasks: readonly Task[];
  /** Undefined after the last page. */
  readonly nextPageToken: string | undefined;
}

export interface CancelOptions extends CallOptions {
  /** Kept with the task, for people. */
  readonly reason?: string;
  /** The task is CANCELED this long after, whatever its handler does; 0: at once. Unset: never. */
  readonly forceAfterMs?: number;
}

export interface RetryOptions extends CallOptions {
  /** REVISION_MISMATCH if the task has moved on. */
  readonly expectedRevision?: bigint;
}

export interface RescheduleOptions extends CallOptions {
  /** From now, by the server's clock. */
  readonly delayMs?: number;
  /** Not together with `delayMs`. */
  readonly scheduleAt?: Date;
  readonly priority?: number;
  /** REVISION_MISMATCH if the task has moved on. */
  readonly expectedRevision?: bigint;
}

/** How far a cancel by filter has come. */
export interface CancelProgress {
  /** Ended by it: they were waiting. */
  readonly canceled: number;
  /** Asked to end: they were running. */
  readonly canceling: number;
  readonly done: boolean;
}

/** How far a retry by filter has come. */
export interface RetryProgress {
  readonly retried: number;
  readonly done: boolean;
}

/** Options of an enqueue: of the task, and of the waiting for its acknowledgement. */
export interface SendOptions extends EnqueueOptions {
  /**
   * How long to go on while no server answers, in ms; then SERVER_UNREACHABLE, and the task may be stored all the same.
   * @default the client's
   */
  readonly patienceMs?: number | undefined;
  /** Ends the waiting with CALL_CANCELED; the task may be stored all the same. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of a run: `timeoutMs` is for the whole of it, from the enqueue to the end of the task. */
export interface RunOptions extends SendOptions, WaitOptions {}

export interface EventOptions {
  /** Those after this sequence. @default 0n */
  readonly after?: bigint;
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link TaskHandle.events}. */
export interface FollowOptions extends EventOptions {
  /** Goes on with new ones until the task has ended. @default false */
  readonly follow?: boolean;
}
