/** Single writes to the tasks: each checks, changes and answers with a verdict. */
import { encodeHead } from "../../core/record-writer.ts";
import { isTerminal, keepRenewal, type TaskRecord } from "../../core/record.ts";
import { renew } from "../../core/transitions.ts";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type {
  Change,
  CreateVerdict,
  NewTask,
  RemoveVerdict,
  Renewal,
  RenewVerdict,
  TaskVersion,
  WriteVerdict,
} from "../../storage/storage.ts";
import { TaskEvents } from "./task-events.ts";
import type { Tasks } from "./tasks.ts";

export function createTask(tasks: Tasks, { record, unique }: NewTask, now: number): CreateVerdict {
  const known = tasks.get(record.id);
  if (known !== undefined) return { kind: "exists", record: known.record };
  if (unique !== undefined) {
    const holder = tasks.uniqueKeys.holderAgainst(record, unique, now);
    if (holder !== undefined) return { kind: "held", record: holder };
    tasks.uniqueKeys.take(record, unique);
  }
  tasks.add(record, now);
  return CREATED;
}

const CREATED: CreateVerdict = { kind: "created" };
const APPLIED: WriteVerdict = { kind: "applied" };
/** Applied by the first of these writes: nothing has changed. */
export const REPEATED: WriteVerdict = { kind: "applied" };

export function writeTask(
  tasks: Tasks,
  change: Change,
  { now, maxLogs }: { readonly now: number; readonly maxLogs: number },
): WriteVerdict {
  const { after, claim, leaseEndAt } = change;
  const entry = tasks.get(after.id);
  if (entry === undefined) return { kind: "conflict", record: undefined };
  if (isRepeat(entry.record, after)) return REPEATED;
  const isRenewed = leaseEndAt !== undefined && entry.record.leaseEndAt !== leaseEndAt;
  const isOther =
    entry.record.revision !== change.revision || entry.record.createdAt !== after.createdAt;
  if (isOther || isRenewed) return { kind: "conflict", record: entry.record };
  if (claim !== undefined) {
    const holder = tasks.uniqueKeys.holderAgainst(after, claim, now);
    if (holder !== undefined) return { kind: "held", record: holder };
    tasks.uniqueKeys.take(after, claim);
  }
  tasks.replace(entry, keepRenewal(entry.record, after), now);
  if (change.events !== undefined && change.events.length > 0)
    (entry.events ??= new TaskEvents()).append(change.events, maxLogs);
  return APPLIED;
}

export function renewLease(tasks: Tasks, renewal: Renewal, now: number): RenewVerdict {
  const entry = tasks.get(renewal.id);
  const renewed = entry && renew(entry.record, renewal, now, renewal.leaseMs);
  if (entry === undefined || renewed === undefined) return { kind: "lost" };
  tasks.replace(entry, renewed, now);
  return {
    kind: "held",
    leaseEndAt: renewed.leaseEndAt,
    canceling: renewed.state === TaskState.CANCELING,
    cancelReason: renewed.cancelReason,
  };
}

export function removeTask(tasks: Tasks, { id, revision }: TaskVersion): RemoveVerdict {
  const entry = tasks.get(id);
  if (entry === undefined) return { kind: "removed" };
  const { record } = entry;
  if (!isTerminal(record.state) || record.revision !== revision)
    return { kind: "conflict", record };
  tasks.remove(entry);
  return { kind: "removed" };
}

/** The same head is stored; a renewal that came since does not count. */
function isRepeat(stored: TaskRecord, after: TaskRecord): boolean {
  return stored.revision === after.revision && steadyHead(stored).equals(steadyHead(after));
}

function steadyHead(record: TaskRecord): Buffer {
  return encodeHead({ ...record, leaseEndAt: 0, delivered: false });
}
