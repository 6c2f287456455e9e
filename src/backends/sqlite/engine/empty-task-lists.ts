import { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { isWaiting } from "../../../core/record.ts";
import { EmptyLists } from "../empty-lists.ts";
import type { ListKey } from "../ready-heads.ts";

/** Lists of waiting tasks that hold none, as far as the hand-outs have seen. */
export class EmptyTaskLists {
  readonly ready = new EmptyLists();
  readonly delayed = new EmptyLists();

  /** A row has come, in this state as indexed. */
  added(list: ListKey, state: TaskState): void {
    if (isWaiting(state)) this.#of(state).filled(list);
  }

  /** A row of the queue was replaced by one in this state as indexed. */
  replaced(queue: number, state: TaskState): void {
    if (isWaiting(state)) this.#of(state).queueFilled(queue);
  }

  forget(): void {
    this.ready.forget();
    this.delayed.forget();
  }

  #of(state: TaskState): EmptyLists {
    return state === TaskState.PENDING ? this.ready : this.delayed;
  }
}
