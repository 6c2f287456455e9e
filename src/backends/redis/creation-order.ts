/** Reads the index of all tasks by creation. It is chunked, so its ids are put in order here, not in Redis. */
import type { Cursor } from "../../storage/storage.ts";
import { idsIn } from "./chunks.ts";
import type { StorageContext } from "./context.ts";
import { KEY } from "./keys.ts";
import { asNumber, asRows, asText } from "./replies.ts";

/** Bounds of creation that a walk keeps to, in ms; `before` is exclusive. */
export interface WalkBounds {
  readonly from: number | undefined;
  readonly before: number | undefined;
}

export interface CreationPage {
  readonly places: readonly Cursor[];
  readonly isEnd: boolean;
}

/** Members that are read at once. */
const MEMBERS = 50;

/** The next places, newest first, at most `count`. */
export async function creationPage(
  context: StorageContext,
  params: {
    readonly after: Cursor | undefined;
    readonly bounds: WalkBounds;
    readonly count: number;
  },
): Promise<CreationPage> {
  const { after, bounds, count } = params;
  const lowest = String(bounds.from ?? "-inf");
  const places: Cursor[] = [];
  let highest = highestOf(after, bounds);
  for (;;) {
    const range = [highest, lowest, "WITHSCORES", "LIMIT", "0", String(MEMBERS)];
    const rows = await readPlaces(context, "ZREVRANGEBYSCORE", range);
    const isLast = rows.length < MEMBERS;
    const last = rows.at(-1)?.createdAt;
    for (const row of rows) if (isLast || row.createdAt !== last) places.push(...placesIn(row));
    // Of the last time there may be more members than were read: all of them are read again, at once.
    if (!isLast && last !== undefined) {
      const time = String(last);
      const whole = await readPlaces(context, "ZRANGEBYSCORE", [time, time, "WITHSCORES"]);
      places.push(...whole.flatMap(placesIn));
      highest = `(${last}`;
    }
    const found = places.filter((place) => after === undefined || isBefore(place, after));
    if (isLast || found.length > count) {
      const page = found.toSorted((a, b) => (isBefore(a, b) ? 1 : -1)).slice(0, count);
      return { places: page, isEnd: isLast && found.length <= count };
    }
  }
}

interface Row {
  readonly member: string;
  readonly createdAt: number;
}

async function readPlaces(
  { connection, keys }: StorageContext,
  command: string,
  range: readonly string[],
): Promise<Row[]> {
  const reply = await connection.command(command, keys.partition + KEY.created, ...range);
  return asRows(reply, 2).map(([member, score]) => ({
    member: asText(member),
    createdAt: asNumber(score),
  }));
}

function placesIn({ member, createdAt }: Row): Cursor[] {
  return idsIn(member).map((id) => ({ createdAt, id }));
}

function highestOf(after: Cursor | undefined, { before }: WalkBounds): string {
  if (before !== undefined && (after === undefined || before <= after.createdAt))
    return `(${before}`;
  return after === undefined ? "+inf" : String(after.createdAt);
}

/** Created before, or at the same time with a lower id. */
function isBefore(a: Cursor, b: Cursor): boolean {
  return a.createdAt < b.createdAt || (a.createdAt === b.createdAt && a.id < b.id);
}
