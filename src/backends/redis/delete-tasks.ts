/** Storage.remove and Storage.purge on Redis. */
import type { Purged, RemoveVerdict, TaskVersion } from "../../storage/storage.ts";
import { inBatches, MAX_ITEMS } from "./batches.ts";
import type { StorageContext } from "./context.ts";
import { asList, asNumber, asRecord } from "./replies.ts";

/** Deletes terminal tasks; see Storage.remove. */
export function removeTasks(
  { connection, keys }: StorageContext,
  items: readonly TaskVersion[],
): Promise<readonly RemoveVerdict[]> {
  return inBatches(items, async (batch) => {
    const [verdicts] = await connection.run(
      "remove",
      keys.partition,
      batch.flatMap(({ id, revision }) => [id, revision]),
    );
    return asList(verdicts).map((verdict, index): RemoveVerdict => {
      if (verdict === 0) return { kind: "removed" };
      return { kind: "conflict", record: asRecord(batch[index]!.id, asList(verdict)[1])! };
    });
  });
}

/** Deletes what is kept long enough; see Storage.purge. */
export async function purgeTasks(
  { connection, keys }: StorageContext,
  limit: number,
): Promise<Purged> {
  let count = 0;
  for (;;) {
    const pieceLimit = Math.min(limit - count, MAX_ITEMS);
    const [deleted, again] = await connection.run("purge", keys.partition, [pieceLimit]);
    count += asNumber(deleted);
    const nextAt = asNumber(again);
    // A piece that deletes nothing ends the call even where entries are left to look at.
    if (deleted === 0 || count >= limit || nextAt === 0 || nextAt > connection.clock.now())
      return { count, nextAt };
  }
}
