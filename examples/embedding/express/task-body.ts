/** A task as this example's answers and events show it. */
import { isTerminal, stateName } from "../../../src/client/index.ts";
import { fromPayload, type TaskMessage } from "../../../src/index.ts";

export interface TaskBody {
  readonly taskId: string;
  /** Such as RUNNING or SUCCEEDED. */
  readonly state: string;
  readonly ended: boolean;
  readonly progress: { readonly completed: number; readonly total: number };
  readonly result?: unknown;
  /** Why it did not succeed. */
  readonly failure?: string;
}

/** The result is there where the task was asked for in full. */
export function taskBody(task: TaskMessage): TaskBody {
  const { completed = 0n, total = 0n } = task.progress ?? {};
  return {
    taskId: task.taskId,
    state: stateName(task.state),
    ended: isTerminal(task.state),
    progress: { completed: Number(completed), total: Number(total) },
    ...(task.result && { result: fromPayload(task.result) }),
    ...(task.failure && { failure: task.failure.message }),
  };
}
