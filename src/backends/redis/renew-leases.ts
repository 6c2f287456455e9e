/** Storage.renew on Redis. */
import type { Renewal, RenewVerdict } from "../../storage/storage.ts";
import { inBatches } from "./batches.ts";
import type { StorageContext } from "./context.ts";
import type { Reply } from "./redis-connection.ts";
import { asList, asNumber, asRecord } from "./replies.ts";

/** Renews leases; see Storage.renew. */
export function renewLeases(
  { connection, keys }: StorageContext,
  renewals: readonly Renewal[],
): Promise<readonly RenewVerdict[]> {
  return inBatches(renewals, async (batch) => {
    const args = batch.flatMap(({ id, attempt, nonce, leaseMs }) => [
      id,
      attempt,
      Buffer.from(nonce, "hex"),
      leaseMs,
    ]);
    const [verdicts] = await connection.run("renew", keys.partition, args);
    return asList(verdicts).map((verdict, index) => readVerdict(batch[index]!.id, verdict));
  });
}

function readVerdict(id: string, verdict: Reply): RenewVerdict {
  if (verdict === 0) return { kind: "lost" };
  const [leaseEndAt, bytes] = asList(verdict);
  const record = asRecord(id, bytes);
  return {
    kind: "held",
    leaseEndAt: asNumber(leaseEndAt),
    canceling: record !== undefined,
    cancelReason: record?.cancelReason ?? "",
  };
}
