/** Storage.write on Redis. */
import { encodeHead, encodeTail } from "../../core/record-codec.ts";
import type { Change, StoredEvent, WriteParams, WriteVerdict } from "../../storage/storage.ts";
import { inBatches } from "./batches.ts";
import type { StorageContext } from "./context.ts";
import { claimArguments } from "./create-tasks.ts";
import type { Argument, Reply } from "./redis-connection.ts";
import { asList, asRecord, asText } from "./replies.ts";

interface Packed {
  readonly id: string;
  readonly bytes: number;
  readonly args: readonly Argument[];
}

/** Replaces records; see Storage.write. */
export function writeChanges(
  context: StorageContext,
  params: WriteParams,
): Promise<readonly WriteVerdict[]> {
  const { connection, keys, maxLogs } = context;
  const run = async (batch: readonly Packed[]): Promise<WriteVerdict[]> => {
    const [verdicts] = await connection.run("write", keys.partition, [
      keys.changesChannel,
      params.intentId ?? "",
      maxLogs,
      ...batch.flatMap(({ args }) => args),
    ]);
    return asList(verdicts).map((verdict, index) => readVerdict(batch[index]!.id, verdict));
  };
  return inBatches(params.changes.map(pack), run, ({ bytes }) => bytes);
}

function pack(change: Change): Packed {
  const { after, revision, claim, events = [] } = change;
  const tail = encodeTail(after);
  const eventBytes = events.reduce((sum, event) => sum + event.body.length, 0);
  const args = [after.id, revision, encodeHead(after), tail, ...claimArguments(claim)];
  return {
    id: after.id,
    bytes: after.spec.length + tail.length + eventBytes,
    args: [...args, events.length, ...events.flatMap(eventArguments)],
  };
}

function eventArguments({ sequence, kind, body }: StoredEvent): Argument[] {
  return [sequence, kind === "log" ? "l" : "o", Buffer.from(body)];
}

function readVerdict(id: string, verdict: Reply): WriteVerdict {
  if (verdict === 0) return { kind: "applied" };
  const [kind, first, second] = asList(verdict);
  return kind === 1
    ? { kind: "conflict", record: asRecord(id, first) }
    : { kind: "held", record: asRecord(asText(first), second)! };
}
