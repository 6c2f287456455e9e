/** What calls about tasks send and get. */
import type { Task } from "../../gen/qtasksapi/v1/task_pb.ts";
import { QTasksError } from "../core/errors.ts";
import { duration } from "../core/task-settings.ts";
import type { CancelOptions } from "./requests.ts";

/** What requests to cancel say of the options. FIELD_VIOLATION for a time that is no number. */
export function cancelFields({ reason = "", forceAfterMs }: CancelOptions) {
  return { reason, forceAfter: duration("forceAfterMs", forceAfterMs) };
}

/** The task of an answer, which always has one. */
export function present(task: Task | undefined): Task {
  if (task === undefined) throw new QTasksError("INTERNAL", "the server's answer has no task");
  return task;
}
