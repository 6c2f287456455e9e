/** What becomes of messages that were taken, by the records that they stand for. */
import type { Message } from "../broker/broker.ts";
import { isLeased, isWaiting, type TaskRecord } from "../core/record.ts";
import { isStartable, start } from "../core/transitions.ts";
import type { HandOutParams } from "../storage/joint.ts";
import type { Change } from "../storage/storage.ts";

export type Plan =
  | { readonly kind: "start"; readonly change: Change }
  /** Started by an earlier try of this very hand-out, whose answer got lost. */
  | { readonly kind: "resume"; readonly record: TaskRecord }
  /** Back to the broker, to be due in so many ms: at once what is too much for this answer. */
  | { readonly kind: "defer"; readonly delayMs: number }
  /** Stands for nothing that waits. */
  | { readonly kind: "drop" };

/** A plan for each message, in order; `records` are theirs. */
export function planStarts(
  messages: readonly Message[],
  records: readonly (TaskRecord | undefined)[],
  params: HandOutParams,
  now: number,
): Plan[] {
  let bytes = 0;
  return messages.map((message, index) => {
    const plan = planStart(message, records[index], params, now);
    if (plan.kind !== "start" && plan.kind !== "resume") return plan;
    const isFirst = bytes === 0;
    bytes += plan.kind === "start" ? plan.change.after.spec.length : plan.record.spec.length;
    // What has started is answered whatever its size.
    const fits = plan.kind === "resume" || isFirst || bytes <= params.maxBytes;
    return fits ? plan : { kind: "defer", delayMs: 0 };
  });
}

function planStart(
  message: Message,
  record: TaskRecord | undefined,
  params: HandOutParams,
  now: number,
): Plan {
  if (record === undefined) return { kind: "drop" };
  if (isLeased(record.state) && record.nonce === params.nonce) return { kind: "resume", record };
  // A later revision has a message of its own; a task that ended needs none. An earlier one is that of a new task under
  // an id whose old one left this message behind: beside it the new task's own publish counted for nothing.
  if (record.revision > message.generation || !isWaiting(record.state)) return { kind: "drop" };
  if (isStartable(record, now)) {
    const after = start(record, { ...params, now });
    return { kind: "start", change: { revision: record.revision, after } };
  }
  // The two clocks differ by little: due for the broker, not yet for the storage.
  return record.dueAt > now ? { kind: "defer", delayMs: record.dueAt - now } : { kind: "drop" };
}
