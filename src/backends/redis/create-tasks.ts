/** Storage.create on Redis. */
import { encodeRecord } from "../../core/record-codec.ts";
import type { CreateParams, CreateVerdict, NewTask, UniqueClaim } from "../../storage/storage.ts";
import { inBatches } from "./batches.ts";
import type { StorageContext } from "./context.ts";
import type { Reply } from "./redis-connection.ts";
import { asList, asRecord, asText } from "./replies.ts";

interface Packed {
  readonly id: string;
  readonly record: Buffer;
  readonly unique: UniqueClaim | undefined;
}

/** Adds tasks; see Storage.create. */
export function createTasks(
  context: StorageContext,
  params: CreateParams,
): Promise<readonly CreateVerdict[]> {
  const { connection, keys } = context;
  const run = async (batch: readonly Packed[]): Promise<CreateVerdict[]> => {
    const [verdicts] = await connection.run("create", keys.partition, [
      keys.changesChannel,
      params.intentId ?? "",
      ...batch.flatMap(({ id, record, unique }) => [id, record, ...claimArguments(unique)]),
    ]);
    return asList(verdicts).map((verdict, index) => readVerdict(batch[index]!.id, verdict));
  };
  return inBatches(params.tasks.map(pack), run, ({ record }) => record.length);
}

/** End of the hold, empty for no claim, and the id whose hold does not count. */
export function claimArguments(claim: UniqueClaim | undefined): [string, string] {
  return claim === undefined ? ["", ""] : [String(claim.untilAt), claim.replaces ?? ""];
}

function pack({ record, unique }: NewTask): Packed {
  return { id: record.id, record: encodeRecord(record), unique };
}

function readVerdict(id: string, verdict: Reply): CreateVerdict {
  if (verdict === 0) return { kind: "created" };
  const [kind, first, second] = asList(verdict);
  return kind === 1
    ? { kind: "exists", record: asRecord(id, first)! }
    : { kind: "held", record: asRecord(asText(first), second)! };
}
