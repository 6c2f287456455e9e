/** Joint.handOut on Redis. */
import type { HandedOut, HandOutParams, Offer } from "../../storage/joint.ts";
import { MAX_TAKEN } from "./batches.ts";
import type { StorageContext } from "./context.ts";
import type { Argument } from "./script-call.ts";
import { asList, asNumber, asRecord, asText } from "./replies.ts";

/** Hands out due tasks, at most {@link MAX_TAKEN} in one call; see Joint.handOut. */
export async function handOutTasks(
  { connection, keys }: StorageContext,
  params: HandOutParams,
): Promise<HandedOut> {
  const [more, nextDueAt, ids, tasks] = await connection.run("hand-out", keys.partition, [
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
  const bytes = asList(tasks);
  const records = asList(ids).map((id, index) => asRecord(asText(id), bytes[index])!);
  return { records, more: more === 1, nextDueAt: asNumber(nextDueAt) };
}

/** For each queue its name, the number of task names, and the names, each once. */
export function offerArguments(offers: readonly Offer[]): Argument[] {
  return offers.flatMap(({ queue, names }) => {
    const unique = new Set(names);
    return [queue, unique.size, ...unique];
  });
}
