/** Reads of single tasks, and of those that need attention, on Redis. */
import type { TaskRecord } from "../../core/record.ts";
import type { EventsPage, EventsParams, Overdue, StoredEvent } from "../../storage/storage.ts";
import { inBatches, MAX_BYTES, MAX_ITEMS } from "./batches.ts";
import type { StorageContext } from "./context.ts";
import { KEY } from "./keys.ts";
import { asBytes, asList, asNumber, asRecord, asRecords, asRows, asText } from "./replies.ts";

/** Records by id; see Storage.read. */
export function readRecords(
  { connection, keys }: StorageContext,
  ids: readonly string[],
): Promise<readonly (TaskRecord | undefined)[]> {
  return inBatches(ids, async (batch) => {
    const names = batch.map((id) => keys.partition + KEY.task + id);
    const records = asList(await connection.command("MGET", ...names));
    return records.map((record, index) => asRecord(batch[index]!, record));
  });
}

/** Events of a task in order, in pieces; see Storage.events. */
export async function readEvents(
  context: StorageContext,
  params: EventsParams,
): Promise<EventsPage> {
  const events: StoredEvent[] = [];
  let bytes = params.maxBytes;
  for (;;) {
    const afterSequence = events.at(-1)?.sequence ?? params.afterSequence;
    const limit = Math.min(params.limit - events.length, MAX_ITEMS);
    const page = await readEventPiece(context, {
      ...params,
      afterSequence,
      limit,
      maxBytes: bytes,
    });
    for (const event of page.events) bytes -= event.body.length;
    // The script gives one event at least; one too large for the rest of this page is for the next.
    if (bytes < 0 && events.length > 0) return { events, more: true };
    events.push(...page.events);
    if (!page.more || page.events.length < limit || events.length >= params.limit || bytes <= 0)
      return { events, more: page.more };
  }
}

async function readEventPiece(
  { connection, keys }: StorageContext,
  { id, afterSequence, limit, maxBytes }: EventsParams,
): Promise<EventsPage> {
  const args = [id, afterSequence, limit, maxBytes];
  const [more, events] = await connection.run("events", keys.partition, args);
  return {
    events: asRows(events, 3).map(([sequence, kind, body]) => ({
      sequence: asNumber(sequence),
      kind: asText(kind) === "l" ? "log" : "output",
      body: asBytes(body),
    })),
    more: more === 1,
  };
}

/** Records whose time of attention has passed; see Storage.overdue. */
export async function readOverdue(
  { connection, keys }: StorageContext,
  limit: number,
): Promise<Overdue> {
  const args = [Math.min(limit, MAX_ITEMS), MAX_BYTES];
  const [nextAt, records] = await connection.run("overdue", keys.partition, args);
  return { records: asRecords(records), nextAt: asNumber(nextAt) };
}
