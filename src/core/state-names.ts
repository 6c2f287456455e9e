/** States as people read them. */
import { AttemptStateSchema, TaskStateSchema } from "../../gen/qtasksapi/v1/task_pb.ts";

/** `RUNNING` for TASK_STATE_RUNNING; the number where the enum has no such value. */
export function stateName(state: number): string {
  return shortName(TaskStateSchema.value[state]?.name, "TASK_STATE_", state);
}

/** `LOST` for ATTEMPT_STATE_LOST; the number where the enum has no such value. */
export function attemptStateName(state: number): string {
  return shortName(AttemptStateSchema.value[state]?.name, "ATTEMPT_STATE_", state);
}

function shortName(name: string | undefined, prefix: string, value: number): string {
  return name === undefined ? String(value) : name.slice(prefix.length);
}
