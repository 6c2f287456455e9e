/** Walks tasks in the order of a list: over an index by creation, or over a given set of ids. */
import type { TaskFilter } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { timestampMs } from "../../core/duration.ts";
import type { TaskRecord } from "../../core/record.ts";
import type { Cursor } from "../../storage/storage.ts";
import { inBatches, MAX_BYTES } from "./batches.ts";
import type { StorageContext } from "./context.ts";
import { creationPage, type WalkBounds } from "./creation-order.ts";
import type { TaskIndex } from "./index-choice.ts";
import { asList, asNumber, asRecord, asRows, asText } from "./replies.ts";

/** A place in the walk, with the record unless it has just gone. */
export interface Entry extends Cursor {
  readonly record: TaskRecord | undefined;
}

export interface WalkPage {
  readonly entries: readonly Entry[];
  readonly isEnd: boolean;
}

export interface WalkParams {
  readonly index: TaskIndex;
  readonly after: Cursor | undefined;
  readonly bounds: WalkBounds;
  readonly count: number;
  /** Records come with an empty spec. */
  readonly withoutSpec: boolean;
}

/** Bounds of creation that follow from a filter and a cut-off time (0: none). */
export function boundsOf(filter: TaskFilter, cutoffAt: number): WalkBounds {
  const { createTimeFrom, createTimeTo } = filter;
  const ends = [
    ...(createTimeTo === undefined ? [] : [timestampMs(createTimeTo)]),
    ...(cutoffAt > 0 ? [cutoffAt] : []),
  ];
  return {
    from: createTimeFrom === undefined ? undefined : timestampMs(createTimeFrom),
    before: ends.length === 0 ? undefined : Math.min(...ends),
  };
}

/** The next entries of an ordered index, at most `count` and about 1 MiB. */
export function walkIndex(context: StorageContext, params: WalkParams): Promise<WalkPage> {
  return params.index.isOfAll ? walkAll(context, params) : walkParts(context, params);
}

async function walkParts(
  { connection, keys }: StorageContext,
  { index, after, bounds, count, withoutSpec }: WalkParams,
): Promise<WalkPage> {
  const [isEnd, rows] = await connection.run("index-page", keys.partition, [
    after?.createdAt ?? "",
    after?.id ?? "",
    bounds.from ?? "-inf",
    bounds.before === undefined ? "+inf" : `(${bounds.before}`,
    count,
    MAX_BYTES,
    withoutSpec ? 1 : 0,
    ...index.parts,
  ]);
  const entries = asRows(rows, 3).map(([createdAt, idBytes, record]) => {
    const id = asText(idBytes);
    return { createdAt: asNumber(createdAt), id, record: asRecord(id, record) };
  });
  return { entries, isEnd: isEnd === 1 };
}

async function walkAll(context: StorageContext, params: WalkParams): Promise<WalkPage> {
  const { places, isEnd } = await creationPage(context, params);
  const ids = places.map(({ id }) => id);
  const records = await readPage(context, ids, params.withoutSpec);
  const entries = records.map((record, index) => ({ ...places[index]!, record }));
  return { entries, isEnd: isEnd && records.length === places.length };
}

/** Records of these ids in order, as many as about 1 MiB holds, one at least. */
async function readPage(
  { connection, keys }: StorageContext,
  ids: readonly string[],
  withoutSpec: boolean,
): Promise<(TaskRecord | undefined)[]> {
  if (ids.length === 0) return [];
  const args = [MAX_BYTES, withoutSpec ? 1 : 0, ...ids];
  const [found] = await connection.run("read-page", keys.partition, args);
  return asList(found).map((record, index) => asRecord(ids[index]!, record));
}

/** Records of these ids with an empty spec, newest first. */
export async function readOrdered(
  context: StorageContext,
  ids: readonly string[],
): Promise<TaskRecord[]> {
  const records = await inBatches(ids, async (batch) => {
    const found: (TaskRecord | undefined)[] = [];
    while (found.length < batch.length)
      found.push(...(await readPage(context, batch.slice(found.length), true)));
    return found;
  });
  return records.filter((record) => record !== undefined).toSorted(newestFirst);
}

/** The order of a list: by creation, then id, both falling. */
export function newestFirst(a: Cursor, b: Cursor): number {
  if (a.createdAt !== b.createdAt) return b.createdAt - a.createdAt;
  if (a.id === b.id) return 0;
  return a.id < b.id ? 1 : -1;
}
