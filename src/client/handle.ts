/** One task, seen from the program that enqueued it or that knows its id. */
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";

import {
  TaskState,
  TaskView,
  type Payload,
  type Task,
  type TaskEvent,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import { checkOptions } from "../core/known-options.ts";
import { fromPayload, messageOf } from "../core/payload.ts";
import { KNOWN } from "./known-options.ts";
import type {
  CancelOptions,
  EventOptions,
  FollowOptions,
  GetOptions,
  RescheduleOptions,
  RetryOptions,
} from "./requests.ts";
import type { TaskActions } from "./task-actions.ts";
import { TaskFailedError } from "./task-failed-error.ts";
import type { WaitOptions } from "./wait.ts";
import type { TaskChange, WatchOptions } from "./watch.ts";

/** A task by its id. Made by {@link TaskClient}; holds no connection and nothing to close. */
export class TaskHandle<T = unknown> {
  readonly id: string;
  /** False when the task id or the unique key found an earlier task. */
  readonly created: boolean;
  readonly #client: TaskActions;

  constructor(client: TaskActions, id: string, created = false) {
    this.#client = client;
    this.id = id;
    this.created = created;
  }

  /**
   * The task's result, `null` where it has none. Throws TaskFailedError when it ended otherwise, and
   * STILL_RUNNING after `timeoutMs`: the task goes on and can be awaited again.
   */
  async result(options: WaitOptions = {}): Promise<T> {
    return fromPayload(await this.resultPayload(options)) as T;
  }

  /** As {@link result}, for a typed task. */
  async resultMessage<S extends DescMessage>(
    schema: S,
    options: WaitOptions = {},
  ): Promise<MessageShape<S>> {
    return messageOf(schema, await this.resultPayload(options));
  }

  /** As {@link result}, not decoded. */
  async resultPayload(options: WaitOptions = {}): Promise<Payload | undefined> {
    return resultOf(await this.done(options));
  }

  /** The task once it has ended, however it ended. Throws STILL_RUNNING after `timeoutMs`. */
  done(options: WaitOptions = {}): Promise<Task> {
    return this.#client.await(this.id, options);
  }

  /** The task as it is now, in full. */
  get(options: GetOptions = {}): Promise<Task> {
    return this.#client.get(this.id, options);
  }

  /** The task as it is, then each change until it has ended; goes on over lost connections. */
  watch(options: WatchOptions = {}): AsyncGenerator<TaskChange, void> {
    return this.#client.watch(this.id, options);
  }

  /** Outputs and logs that are kept, oldest first. */
  async *events(options: FollowOptions = {}): AsyncGenerator<TaskEvent, void> {
    checkOptions(options, KNOWN.follow);
    const { after = 0n, signal } = options;
    if (options.follow !== true) return yield* this.#client.events(this.id, { after, signal });
    for await (const change of this.watch({ events: after, signal })) {
      if (change.type === "event") yield change.event;
    }
  }

  /**
   * The outputs of a streaming handler as they come, decoded. Throws TaskFailedError after the last
   * one when the task did not succeed.
   */
  async *outputs<O = unknown>(options: EventOptions = {}): AsyncGenerator<O, void> {
    checkOptions(options, KNOWN.events);
    const { after = 0n, signal } = options;
    const view = TaskView.BASIC;
    for await (const change of this.watch({ events: after, view, signal })) {
      if (change.type === "task") this.#throwIfFailed(change.task);
      else if (change.event.event.case === "output")
        yield fromPayload(change.event.event.value) as O;
    }
  }

  /** Asks the task to end; see {@link TaskClient.cancel}. */
  cancel(options: CancelOptions = {}): Promise<Task> {
    return this.#client.cancel(this.id, options);
  }

  /** Runs the task again after its end; see {@link TaskClient.retry}. */
  retry(options: RetryOptions = {}): Promise<Task> {
    return this.#client.retry(this.id, options);
  }

  /** Changes time or priority while the task waits; see {@link TaskClient.reschedule}. */
  reschedule(options: RescheduleOptions): Promise<Task> {
    return this.#client.reschedule(this.id, options);
  }

  #throwIfFailed(task: Task): void {
    const failed: readonly TaskState[] = [TaskState.FAILED, TaskState.CANCELED, TaskState.EXPIRED];
    if (failed.includes(task.state)) throw new TaskFailedError(task);
  }
}

/** The result of a task that has ended. Throws TaskFailedError where it ended otherwise than well. */
export function resultOf(task: Task): Payload | undefined {
  if (task.state !== TaskState.SUCCEEDED) throw new TaskFailedError(task);
  return task.result;
}
