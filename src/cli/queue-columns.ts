/** Queues as rows. */
import type { Queue } from "../../gen/qtasksapi/v1/admin_service_pb.ts";
import { TaskState } from "../client/index.ts";
import type { Column } from "./printer.ts";
import { durationText } from "./words.ts";

/** The columns of a list of queues. */
export const QUEUE_COLUMNS: readonly Column<Queue>[] = [
  { name: "QUEUE", value: ({ name }) => name },
  { name: "", value: ({ paused }, colors) => (paused ? colors.yellow("paused") : "") },
  { name: "SCHEDULED", value: countOf(TaskState.SCHEDULED, TaskState.RETRYING) },
  { name: "PENDING", value: countOf(TaskState.PENDING) },
  { name: "RUNNING", value: countOf(TaskState.RUNNING, TaskState.CANCELING) },
  { name: "SUCCEEDED", value: countOf(TaskState.SUCCEEDED) },
  { name: "FAILED", value: countOf(TaskState.FAILED, TaskState.EXPIRED) },
  { name: "OLDEST", value: ({ oldestPendingAge }) => durationText(oldestPendingAge) },
  { name: "WORKERS", value: ({ workerCount }) => String(workerCount) },
  { name: "FREE SLOTS", value: ({ freeSlots }) => String(freeSlots) },
  {
    name: "UNSERVED",
    value: ({ unservedNames }, colors) => colors.yellow(unservedNames.join(", ")),
  },
];

function countOf(...states: readonly TaskState[]) {
  return (queue: Queue): string => {
    const counts = queue.states.filter(({ state }) => states.includes(state));
    return String(counts.reduce((sum, { count }) => sum + count, 0n));
  };
}
