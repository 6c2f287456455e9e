/** Storage.write on Redis. */
import { isWaiting, type TaskRecord } from "../../core/record.ts";
import type { Change, StoredEvent, WriteParams, WriteVerdict } from "../../storage/storage.ts";
import { inBatches } from "./batches.ts";
import { encodeNotice } from "./change-feed.ts";
import type { StorageContext } from "./context.ts";
import { encodeTask, encodeWithoutMiddle } from "./packed-task.ts";
import type { Argument, Reply } from "./redis-connection.ts";
import { asList, asRecord, asText } from "./replies.ts";

interface Packed {
  readonly change: Change;
  readonly record: Buffer;
  readonly bytes: number;
}

/** Larger specs are not sent again: taking one over costs a script as much as receiving one of some 500 bytes. */
const MAX_SENT_SPEC = 1024;

/** Replaces records; see Storage.write. */
export function writeChanges(
  context: StorageContext,
  params: WriteParams,
): Promise<readonly WriteVerdict[]> {
  const run = (batch: readonly Packed[]) => writeBatch(context, batch, params.intentId ?? "");
  return inBatches(params.changes.map(pack), run, ({ bytes }) => bytes);
}

function pack(change: Change): Packed {
  const { after, events = [] } = change;
  const record = after.spec.length > MAX_SENT_SPEC ? encodeWithoutMiddle(after) : encodeTask(after);
  const eventBytes = events.reduce((sum, event) => sum + event.body.length, 0);
  return { change, record, bytes: after.spec.length + record.length + eventBytes };
}

/** A script writes all or none: what it refuses, or has already, is left out, and the rest sent again. */
async function writeBatch(
  context: StorageContext,
  batch: readonly Packed[],
  intentId: string,
): Promise<WriteVerdict[]> {
  const verdicts = new Map<Packed, WriteVerdict>();
  let left = batch;
  while (left.length > 0) {
    const now = firstOf(left);
    const replies = await runWrite(context, now, intentId);
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
function firstOf(items: readonly Packed[]): readonly Packed[] {
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
  items: readonly Packed[],
  intentId: string,
): Promise<readonly Reply[]> {
  const records = items.map(({ change }) => change.after);
  const waiting = intentId === "" ? [] : records.filter(({ state }) => isWaiting(state));
  const claim = items[0]?.change.claim;
  const args: Argument[] = [
    keys.changesChannel,
    encodeNotice(records),
    intentId,
    waiting.map(({ id }) => id).join("\n"),
    items.length,
  ];
  for (const { change, record } of items) args.push(change.after.id, record);
  const runs = queueRuns(records);
  args.push(runs.length / 2, ...runs);
  const odd = items.flatMap(({ change: { after, revision, leaseEndAt } }, index) =>
    after.revision === revision + 1 && leaseEndAt === undefined
      ? []
      : [index + 1, revision, leaseEndAt ?? 0],
  );
  args.push(odd.length / 3, ...odd);
  args.push(claim === undefined ? 0 : 1, claim?.untilAt ?? 0, claim?.replaces ?? "", maxLogs);
  for (const { change } of items)
    for (const event of change.events ?? []) args.push(...eventArguments(change.after.id, event));
  const [refused] = await connection.run("write", keys.partition, args);
  return asList(refused);
}

/** For each run of records in one queue its name and the position of its last, from 1 on. */
function queueRuns(records: readonly TaskRecord[]): Argument[] {
  return records.flatMap(({ queue }, index): Argument[] =>
    queue === records[index + 1]?.queue ? [] : [queue, index + 1],
  );
}

function eventArguments(id: string, { sequence, kind, body }: StoredEvent): Argument[] {
  return [id, sequence, kind === "log" ? "l" : "o", Buffer.from(body)];
}

function readVerdict(id: string, verdict: Reply): WriteVerdict | undefined {
  if (verdict === 0) return undefined;
  const [kind, first, second] = asList(verdict);
  if (kind === 0) return APPLIED;
  return kind === 1
    ? { kind: "conflict", record: asRecord(id, first) }
    : { kind: "held", record: asRecord(asText(first), second)! };
}
