/** Storage.write on Redis. */
import { isWaiting, type TaskRecord } from "../../core/record.ts";
import type { Change, StoredEvent, WriteParams, WriteVerdict } from "../../storage/storage.ts";
import { inBatches } from "./batches.ts";
import { encodeNotice } from "./change-feed.ts";
import type { StorageContext } from "./context.ts";
import {
  addTask,
  addWithoutMiddle,
  callSize,
  measureTask,
  type MeasuredTask,
} from "./pack-task.ts";
import type { Reply } from "./redis-connection.ts";
import { asList, asRecord, asText } from "./replies.ts";
import { ScriptCall, type Argument } from "./script-call.ts";

/** The id, also in the notice, with what stands around it. */
const BYTES_BESIDE = 110;

interface Replacement {
  readonly change: Change;
  readonly measured: MeasuredTask;
}

/** Larger specs are not sent again: taking one over costs a script as much as receiving one of some 500 bytes. */
const MAX_SENT_SPEC = 1024;

/** Replaces records; see Storage.write. */
export function writeChanges(
  context: StorageContext,
  params: WriteParams,
): Promise<readonly WriteVerdict[]> {
  const run = (batch: readonly Replacement[]) => writeBatch(context, batch, params.intentId ?? "");
  return inBatches(params.changes.map(replacementOf), run, weightOf);
}

function replacementOf(change: Change): Replacement {
  return { change, measured: measureTask(change.after) };
}

/** Bytes that Redis handles for it; the spec counts also where it is not sent. */
function weightOf({ change: { after, events }, measured }: Replacement): number {
  let bytes = after.spec.length + measured.length;
  for (const { body } of events ?? []) bytes += body.length;
  return bytes;
}

/** A script writes all or none: what it refuses, or has already, is left out, and the rest sent again. */
async function writeBatch(
  context: StorageContext,
  batch: readonly Replacement[],
  intentId: string,
): Promise<readonly WriteVerdict[]> {
  const verdicts = new Map<Replacement, WriteVerdict>();
  let left = batch;
  while (left.length > 0) {
    const now = firstOf(left);
    const replies = await runWrite(context, now, intentId);
    if (replies.length === 0 && now === batch) return batch.map(() => APPLIED);
    for (const [index, item] of now.entries()) {
      const verdict =
        replies.length === 0 ? APPLIED : readVerdict(item.change.after.id, replies[index]!);
      if (verdict !== undefined) verdicts.set(item, verdict);
    }
    left = left.filter((item) => !verdicts.has(item));
  }
  return batch.map((item) => verdicts.get(item)!);
}

const APPLIED: WriteVerdict = { kind: "applied" };

/**
 * The items up to one that must see what they made: a claim, which looks at the holder of its key, or another change of the
 * same task.
 */
function firstOf(items: readonly Replacement[]): readonly Replacement[] {
  const ids = new Set<string>();
  const at = items.findIndex(({ change }, index) => {
    if (index > 0 && (change.claim !== undefined || ids.has(change.after.id))) return true;
    ids.add(change.after.id);
    return false;
  });
  return at === -1 ? items : items.slice(0, at);
}

async function runWrite(
  { connection, keys, maxLogs }: StorageContext,
  items: readonly Replacement[],
  intentId: string,
): Promise<readonly Reply[]> {
  const records = items.map(({ change }) => change.after);
  const waiting = intentId === "" ? [] : records.filter(({ state }) => isWaiting(state));
  const claim = items[0]?.change.claim;
  const call = new ScriptCall(keys.partition, callSize(items, BYTES_BESIDE));
  call.text(keys.changesChannel);
  call.text(encodeNotice(records));
  call.text(intentId);
  call.text(waiting.map(({ id }) => id).join("\n"));
  call.number(items.length);
  for (const { measured } of items) {
    call.text(measured.record.id);
    if (measured.record.spec.length > MAX_SENT_SPEC) addWithoutMiddle(call, measured);
    else addTask(call, measured);
  }
  const runs = queueRuns(records);
  call.number(runs.length / 2);
  call.addAll(runs);
  const odd = oddOnes(items);
  call.number(odd.length / 3);
  call.addAll(odd);
  call.addAll([claim === undefined ? 0 : 1, claim?.untilAt ?? 0, claim?.replaces ?? "", maxLogs]);
  for (const { change } of items)
    for (const event of change.events ?? []) addEvent(call, change.after.id, event);
  const [refused] = await connection.send("write", call);
  return asList(refused);
}

/** For each run of records in one queue its name and the position of its last, from 1 on. */
function queueRuns(records: readonly TaskRecord[]): Argument[] {
  const runs: Argument[] = [];
  for (let at = 0; at < records.length; at++)
    if (records[at]!.queue !== records[at + 1]?.queue) runs.push(records[at]!.queue, at + 1);
  return runs;
}

/** Position, revision and end of lease of those that expect more, or other, than the revision before theirs. */
function oddOnes(items: readonly Replacement[]): number[] {
  const odd: number[] = [];
  for (let at = 0; at < items.length; at++) {
    const { after, revision, leaseEndAt } = items[at]!.change;
    if (after.revision === revision + 1 && leaseEndAt === undefined) continue;
    odd.push(at + 1, revision, leaseEndAt ?? 0);
  }
  return odd;
}

function addEvent(call: ScriptCall, id: string, { sequence, kind, body }: StoredEvent): void {
  call.text(id);
  call.number(sequence);
  call.text(kind === "log" ? "l" : "o");
  call.raw(body);
}

function readVerdict(id: string, verdict: Reply): WriteVerdict | undefined {
  if (verdict === 0) return undefined;
  const [kind, first, second] = asList(verdict);
  if (kind === 0) return APPLIED;
  return kind === 1
    ? { kind: "conflict", record: asRecord(id, first) }
    : { kind: "held", record: asRecord(asText(first), second)! };
}
