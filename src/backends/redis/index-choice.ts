/** Which index answers a filter with the fewest records read. */
import { TaskState, type TaskFilter } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { isLeased, isWaiting } from "../../core/record.ts";
import { labelTag, parentTag, uniqueTag } from "../../core/tags.ts";
import { idsIn } from "./chunks.ts";
import type { StorageContext } from "./context.ts";
import { KEY } from "./keys.ts";
import { asList, asNumber, asText } from "./replies.ts";

/** Sorted sets, as parts of keys, whose members together hold every match. */
export interface TaskIndex {
  readonly parts: readonly string[];
  /** By creation, so that it can be read in the order of a list. */
  readonly isOrdered: boolean;
  /** The index of all tasks, which is chunked. */
  readonly isOfAll: boolean;
  /** Where it is not ordered: the ids in it. */
  readonly ids: readonly string[];
}

/** More sets than this are not worth merging. */
const MAX_PARTS = 64;
const ENDED: readonly TaskState[] = [TaskState.FAILED, TaskState.CANCELED, TaskState.EXPIRED];
const ALL: TaskIndex = { parts: [KEY.created], isOrdered: true, isOfAll: true, ids: [] };

interface Candidate {
  readonly parts: readonly string[];
  readonly isOrdered: boolean;
}

/** The smallest index that fits. One out of order is only taken where it has no more than `maxExamined` ids. */
export async function chooseIndex(
  context: StorageContext,
  filter: TaskFilter,
  maxExamined: number,
): Promise<TaskIndex> {
  let best: TaskIndex = ALL;
  let bestSize = Infinity;
  for (const { parts, isOrdered } of await candidatesFor(context, filter)) {
    if (isOrdered) {
      const size = await sizeOf(context, parts);
      if (size <= bestSize) best = { ...ALL, parts, isOfAll: false };
      bestSize = Math.min(size, bestSize);
      continue;
    }
    const ids = await idsOf(context, parts, Math.min(bestSize, maxExamined));
    if (ids === undefined) continue;
    best = { parts, isOrdered, isOfAll: false, ids };
    bestSize = ids.length;
  }
  return best;
}

/** The ids of sets of ids, or of chunked ones, each once; undefined where there are more than `most`. */
async function idsOf(
  { connection, keys }: StorageContext,
  parts: readonly string[],
  most: number,
): Promise<string[] | undefined> {
  const ids = new Set<string>();
  for (const part of parts) {
    // At once: between two reads members would change their ranks.
    const members = await connection.command("ZRANGE", keys.partition + part, 0, most);
    for (const member of asList(members)) for (const id of idsIn(asText(member))) ids.add(id);
    if (ids.size > most) return undefined;
  }
  return [...ids];
}

async function sizeOf(
  { connection, keys }: StorageContext,
  parts: readonly string[],
): Promise<number> {
  const count = (part: string) => connection.command("ZCARD", keys.partition + part);
  const sizes = await Promise.all(parts.map(count));
  return sizes.reduce<number>((sum, size) => sum + asNumber(size), 0);
}

async function candidatesFor(context: StorageContext, filter: TaskFilter): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
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
