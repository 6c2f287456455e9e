/** States as people read them. */
import type { DescEnum } from "@bufbuild/protobuf";
import { AttemptStateSchema, TaskStateSchema } from "../../gen/qtasksapi/v1/task_pb.ts";

/** `RUNNING` for TASK_STATE_RUNNING; the number where the enum has no such value. */
export function stateName(state: number): string {
  return shortName(TaskStateSchema, "TASK_STATE_", state);
}

/** `LOST` for ATTEMPT_STATE_LOST; the number where the enum has no such value. */
export function attemptStateName(state: number): string {
  return shortName(AttemptStateSchema, "ATTEMPT_STATE_", state);
}

function shortName(schema: DescEnum, prefix: string, value: number): string {
  const name = schema.value[value]?.name;
  return name === undefined ? String(value) : name.slice(prefix.length);
}
