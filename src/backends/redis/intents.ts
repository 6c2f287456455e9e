/** Intents of composed pairs on Redis. */
import type { Intent } from "../../storage/storage.ts";
import { inBatches } from "./batches.ts";
import type { StorageContext } from "./context.ts";
import { asRows, asText } from "./replies.ts";

/** See Storage.intents. */
export async function readIntents(
  { connection, keys }: StorageContext,
  params: { readonly minAgeMs: number; readonly limit: number },
): Promise<readonly Intent[]> {
  const args = [params.minAgeMs, params.limit];
  const [intents] = await connection.run("intents", keys.partition, args);
  return asRows(intents, 2).map(([id, taskIds]) => ({
    id: asText(id),
    taskIds: asText(taskIds).split("\n"),
  }));
}

/** See Storage.dropIntents. */
export async function dropIntents(
  { connection, keys }: StorageContext,
  ids: readonly string[],
): Promise<void> {
  await inBatches(ids, (batch) => connection.run("drop-intents", keys.partition, batch));
}
