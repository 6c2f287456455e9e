/** Which index answers a filter with the fewest records read. */
import { TaskState, type TaskFilter } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { isLeased, isWaiting } from "../../core/record.ts";
import { labelTag, parentTag, uniqueTag } from "../../core/tags.ts";
import type { StorageContext } from "./context.ts";
import { KEY } from "./keys.ts";
import { asList, asNumber, asText } from "./replies.ts";

/** Sorted sets, as parts of keys, whose members together hold every match. */
export interface TaskIndex {
  readonly parts: readonly string[];
  /** By creation, so that it can be read in the order of a list. */
  readonly isOrdered: boolean;
}

/** More sets than this are not worth merging. */
const MAX_PARTS = 64;
const ENDED: readonly TaskState[] = [TaskState.FAILED, TaskState.CANCELED, TaskState.EXPIRED];
const ALL: TaskIndex = { parts: [KEY.created], isOrdered: true };

/** The smallest index that fits. One out of order is only taken where it has no more than `maxExamined` members. */
export async function chooseIndex(
  context: StorageContext,
  filter: TaskFilter,
  maxExamined: number,
): Promise<TaskIndex> {
  const candidates = await candidatesFor(context, filter);
  if (candidates.length === 0) return ALL;
  const sizes = await Promise.all([ALL, ...candidates].map((index) => sizeOf(context, index)));
  let best = ALL;
  let bestSize = sizes[0]!;
  for (const [at, index] of candidates.entries()) {
    const size = sizes[at + 1]!;
    if (size > bestSize || (!index.isOrdered && size > maxExamined)) continue;
    best = index;
    bestSize = size;
  }
  return best;
}

/** Members of an index, each once. */
export async function membersOf(
  { connection, keys }: StorageContext,
  index: TaskIndex,
): Promise<string[]> {
  const read = (part: string) => connection.command("ZRANGE", keys.partition + part, 0, -1);
  const members = await Promise.all(index.parts.map(read));
  return [...new Set(members.flatMap((ids) => asList(ids).map(asText)))];
}

async function sizeOf({ connection, keys }: StorageContext, { parts }: TaskIndex): Promise<number> {
  const count = (part: string) => connection.command("ZCARD", keys.partition + part);
  const sizes = await Promise.all(parts.map(count));
  return sizes.reduce<number>((sum, size) => sum + asNumber(size), 0);
}

async function candidatesFor(context: StorageContext, filter: TaskFilter): Promise<TaskIndex[]> {
  const candidates: TaskIndex[] = [];
  const add = (parts: readonly string[], isOrdered = true): void => {
    if (parts.length > 0 && parts.length <= MAX_PARTS) candidates.push({ parts, isOrdered });
  };
  const { states, uniqueKeys } = filter;
  for (const [key, value] of Object.entries(filter.labels)) add([KEY.tag + labelTag(key, value)]);
  add(filter.parentTaskIds.map((id) => KEY.tag + parentTag(id)));
  if (states.length > 0) {
    if (states.every((state) => ENDED.includes(state)))
      add(states.map((state) => KEY.ended + state));
    if (states.every(isLeased)) add([KEY.leases], false);
  }
  const isOfWaiting = states.length > 0 && states.every(isWaiting);
  if (uniqueKeys.length === 0 && !isOfWaiting) return candidates;
  const pairs = await matchingPairs(context, filter);
  const names = new Set(pairs.map(({ name }) => name));
  if (uniqueKeys.length > 0)
    add([...names].flatMap((name) => uniqueKeys.map((key) => KEY.tag + uniqueTag(name, key))));
  if (isOfWaiting)
    add(
      pairs.flatMap(({ pair }) => [KEY.ready + pair, KEY.scheduled + pair, KEY.retrying + pair]),
      false,
    );
  return candidates;
}

/** Queues and names that have, or had, tasks and that the filter lets through. */
async function matchingPairs(
  { connection, keys }: StorageContext,
  filter: TaskFilter,
): Promise<{ readonly pair: string; readonly name: string }[]> {
  const pairs = asList(await connection.command("SMEMBERS", keys.partition + KEY.pairs));
  const allows = (wanted: readonly string[], value: string): boolean =>
    wanted.length === 0 || wanted.includes(value);
  return pairs.map(asText).flatMap((pair) => {
    const at = pair.indexOf("\0");
    const name = pair.slice(at + 1);
    const fits = allows(filter.queues, pair.slice(0, at)) && allows(filter.names, name);
    return fits ? [{ pair, name }] : [];
  });
}
