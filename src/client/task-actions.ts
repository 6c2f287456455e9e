/** What can be done about a task by its id. A client offers it, handles use it. */
import type { Task, TaskEvent } from "../../gen/qtasksapi/v1/task_pb.ts";
import type {
  CancelOptions,
  EventOptions,
  GetOptions,
  RescheduleOptions,
  RetryOptions,
} from "./requests.ts";
import type { WaitOptions } from "./wait.ts";
import type { TaskChange, WatchOptions } from "./watch.ts";

export interface TaskActions {
  /** The task, in full. Throws TASK_NOT_FOUND. */
  get(taskId: string, options?: GetOptions): Promise<Task>;
  /**
   * The task once it has ended, with its result. Throws STILL_RUNNING after `timeoutMs`; 0 asks once.
   * The task goes on in any case.
   */
  await(taskId: string, options?: WaitOptions): Promise<Task>;
  /** The task as it is, then each change until it has ended; goes on over lost connections. */
  watch(taskId: string, options?: WatchOptions): AsyncGenerator<TaskChange, void>;
  /** Outputs and logs that are kept for a task, oldest first. */
  events(taskId: string, options?: EventOptions): AsyncGenerator<TaskEvent, void>;
  /** Asks a task to end. A waiting one is CANCELED; of a running one the handler decides. */
  cancel(taskId: string, options?: CancelOptions): Promise<Task>;
  /** Runs an ended task again, with fresh attempts. Throws TASK_NOT_TERMINAL. */
  retry(taskId: string, options?: RetryOptions): Promise<Task>;
  /** Changes time or priority of a waiting task. Throws TASK_ALREADY_STARTED. */
  reschedule(taskId: string, options: RescheduleOptions): Promise<Task>;
}
