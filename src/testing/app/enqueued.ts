/** What was enqueued, as assertions want to see it. */
import { timestampDate } from "@bufbuild/protobuf/wkt";
import {
  TaskView,
  type TaskState,
  type Task as TaskMessage,
} from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskClient } from "../../client/client.ts";
import { fromPayload } from "../../core/payload.ts";
import { stateName } from "../../core/state-names.ts";

/** A task as it was enqueued, and what became of it. */
export interface EnqueuedTask<Input = unknown> {
  readonly id: string;
  /** The full name, with the prefixes of its routers. */
  readonly name: string;
  /** Decoded; a typed task's as bytes. `null` where there is none. */
  readonly input: Input;
  readonly queue: string;
  readonly priority: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** When it may start, by the test's clock. */
  readonly dueAt: Date;
  /** `PENDING`, `SUCCEEDED` … */
  readonly state: keyof typeof TaskState;
  /** As the protocol has it, with everything else. */
  readonly task: TaskMessage;
}

/** Those that are there, in the order of the ids. */
export async function readEnqueued(
  client: TaskClient,
  ids: readonly string[],
  name: string | undefined,
): Promise<EnqueuedTask[]> {
  const found = new Map<string, TaskMessage>();
  const filter = name === undefined ? {} : { names: [name] };
  for await (const task of client.list(filter, { view: TaskView.FULL, pageSize: 1_000 }))
    found.set(task.taskId, task);
  return ids.flatMap((id) => {
    const task = found.get(id);
    return task === undefined ? [] : [enqueuedTask(task)];
  });
}

function enqueuedTask(task: TaskMessage): EnqueuedTask {
  const { spec, taskId, scheduleTime } = task;
  return {
    id: taskId,
    name: spec!.name,
    input: fromPayload(spec!.payload),
    queue: spec!.options?.queue ?? "default",
    priority: spec!.options?.priority ?? 0,
    labels: spec!.options?.labels ?? {},
    headers: spec!.headers,
    dueAt: timestampDate(scheduleTime!),
    state: stateName(task.state) as keyof typeof TaskState,
    task,
  };
}
