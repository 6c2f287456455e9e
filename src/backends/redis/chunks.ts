/**
 * Members of chunked sets: sorted sets whose members are not one id but those of the same score that were added together, in
 * order, each between line feeds. A member for each id would cost 130 bytes of memory and a microsecond to add and to drop.
 */
import { CHUNK_IDS } from "./lua-constants.ts";

/** The members that hold these ids of one score. */
export function chunksOf(ids: readonly string[]): string[] {
  const sorted = ids.length === 1 ? ids : ids.toSorted(byCode);
  const members: string[] = [];
  for (let from = 0; from < sorted.length; from += CHUNK_IDS)
    members.push(`\n${sorted.slice(from, from + CHUNK_IDS).join("\n")}\n`);
  return members;
}

/** The ids of a member, of a chunked set or of one whose members are ids. */
export function idsIn(member: string): string[] {
  return member.startsWith("\n") ? member.slice(1, -1).split("\n") : [member];
}

/** Orders ids, which are ASCII, as Redis and the other storages do. */
export function byCode(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
