import { QTasksError } from "../../core/errors.ts";
import type { ComponentCall } from "./around-calls.ts";

/** What a call fails with when its datastore can't be reached: STORAGE_UNAVAILABLE or BROKER_UNAVAILABLE. */
export function outOfReach({ part }: Pick<ComponentCall, "part">): QTasksError {
  const reason = part === "storage" ? "STORAGE_UNAVAILABLE" : "BROKER_UNAVAILABLE";
  return new QTasksError(reason, `the ${part} is out of reach, as the test asks for`);
}
