/** Joint.handOut on Redis. */
import type { HandedOut, HandOutParams, Offer } from "../../storage/joint.ts";
import type { TaskRecord } from "../../core/record.ts";
import { MAX_TAKEN } from "./batches.ts";
import type { StorageContext } from "./context.ts";
import type { Reply } from "./redis-connection.ts";
import { asBytes, asList, asNumber } from "./replies.ts";
import type { Argument } from "./script-call.ts";
import { TaskReader } from "./unpack-task.ts";

const LINE_FEED = 0x0a;

/** Hands out due tasks, at most {@link MAX_TAKEN} in one call; see Joint.handOut. */
export async function handOutTasks(
  { connection, keys }: StorageContext,
  params: HandOutParams,
): Promise<HandedOut> {
  const [more, nextDueAt, ids, packed] = await connection.run("hand-out", keys.partition, [
    keys.changesChannel,
    params.nonce,
    Buffer.from(params.nonce, "hex"),
    params.sessionId,
    params.workerId,
    params.leaseMs,
    params.delivered ? 1 : 0,
    Math.min(params.max, MAX_TAKEN),
    params.maxBytes,
    ...offerArguments(params.offers),
  ]);
  const records = readAll(asBytes(ids), asList(packed));
  return { records, more: more === 1, nextDueAt: asNumber(nextDueAt) };
}

function readAll(ids: Buffer, packed: readonly Reply[]): TaskRecord[] {
  const reader = new TaskReader();
  const records: TaskRecord[] = [];
  let idFrom = 0;
  for (const bytes of packed) {
    const lineEnd = ids.indexOf(LINE_FEED, idFrom);
    const idTo = lineEnd === -1 ? ids.length : lineEnd;
    records.push(reader.read(ids.toString("utf8", idFrom, idTo), asBytes(bytes)));
    idFrom = idTo + 1;
  }
  return records;
}

/** For each queue its name, the number of task names, and the names, each once. */
export function offerArguments(offers: readonly Offer[]): Argument[] {
  return offers.flatMap(({ queue, names }) => {
    const unique = new Set(names);
    return [queue, unique.size, ...unique];
  });
}
