/** Workers as rows. */
import { WorkerState, type WorkerInfo } from "../../gen/qtasksapi/v1/admin_service_pb.ts";
import type { Column } from "./printer.ts";
import type { Colors } from "./terminal.ts";
import { ageText, clip, safe } from "./words.ts";

/** The columns of a list of workers. */
export const WORKER_COLUMNS: readonly Column<WorkerInfo>[] = [
  { name: "SESSION", value: ({ sessionId }) => safe(sessionId) },
  { name: "WORKER", value: ({ workerId }) => safe(workerId) },
  { name: "STATE", value: ({ state }, colors) => stateText(state, colors) },
  { name: "SLOTS", value: ({ usedSlots, slots }) => `${usedSlots}/${slots}` },
  { name: "QUEUES", value: ({ queues }) => clip(queues.join(", "), 30) },
  { name: "TASKS", value: ({ names }) => clip(names.join(", "), 40) },
  { name: "LAST SEEN", value: ({ lastSeenTime }) => ago(ageText(lastSeenTime)) },
  { name: "LAST LEASE", value: ({ lastLeaseTime }) => ago(ageText(lastLeaseTime)) },
];

function ago(age: string): string {
  return age === "" ? "never" : `${age} ago`;
}

function stateText(state: WorkerState, colors: Colors): string {
  if (state === WorkerState.ACTIVE) return colors.green("active");
  if (state === WorkerState.NOT_POLLING) return colors.yellow("not polling");
  if (state === WorkerState.DRAINING) return colors.cyan("draining");
  return state === WorkerState.LOST ? colors.red("lost") : "unknown";
}
