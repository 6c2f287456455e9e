/** Takes what is ready from many (queue, name) lists at once, each of which an index keeps in order. */

/** The order of the hand-out: all ascending. */
export interface Place {
  readonly rank: number;
  readonly orderAt: number;
  readonly id: string;
}

/** Lists of one kind of row, by queue and name. What is taken must leave its list. */
export interface ReadyLists<Row extends Place> {
  /** The first rows of a list. */
  heads(list: ListKey, limit: number, now: number): Row[];
  /** Moves what has become due into its list, up to `limit`; answers how many. */
  promote(list: ListKey, limit: number, now: number): number;
  /** When the next row of this list becomes due; 0: none waits. In the past: promote moved not all. */
  nextDueAt(list: ListKey): number;
}

export interface ListKey {
  readonly queue: number;
  readonly name: number;
}

/** Rows of one call that become ready, so that a backlog that falls due at once blocks nobody for long. */
const MAX_PROMOTIONS = 2_000;
const MIN_CHUNK = 8;

export interface Taking<Row> {
  /** By offer: the lists to take from, all of the first offer before the second. */
  readonly offers: readonly (readonly ListKey[])[];
  readonly max: number;
  readonly now: number;
  /** Takes the row off its list: "taken", "passed" where it can't be, "stop" to leave it and all others. */
  readonly take: (row: Row) => "taken" | "passed" | "stop";
}

export interface Took {
  /** Ready rows of these lists are left. */
  readonly more: boolean;
  /** When the next row becomes due; 0: none waits. */
  readonly nextDueAt: number;
}

export function takeReady<Row extends Place>(lists: ReadyLists<Row>, taking: Taking<Row>): Took {
  const { offers, max, now } = taking;
  const due = promoteAll(lists, offers.flat(), now);
  let left = max;
  let more = due.unpromoted;
  for (const offer of offers) {
    const merge = new Merge(lists, offer, { now, chunk: chunkFor(left, offer.length) });
    let stopped = false;
    for (let row = merge.first(); row !== undefined; row = merge.first()) {
      const verdict = left === 0 ? "stop" : taking.take(row);
      if (verdict === "stop") {
        stopped = true;
        break;
      }
      merge.drop();
      if (verdict === "taken") left -= 1;
    }
    if (!stopped) continue;
    more = true;
    break;
  }
  return { more, nextDueAt: due.nextDueAt };
}

/** A single list is read as far as it is wanted, and one row more, which tells that some are left; of many, little of each is. */
function chunkFor(left: number, lists: number): number {
  return left === 0 ? 1 : Math.max(MIN_CHUNK, Math.ceil((left + 1) / Math.max(1, lists)));
}

function promoteAll(
  lists: ReadyLists<Place>,
  keys: readonly ListKey[],
  now: number,
): { readonly nextDueAt: number; readonly unpromoted: boolean } {
  let budget = MAX_PROMOTIONS;
  let nextDueAt = 0;
  let unpromoted = false;
  for (const key of keys) {
    let dueAt = lists.nextDueAt(key);
    if (dueAt > 0 && dueAt <= now) {
      budget -= lists.promote(key, budget, now);
      dueAt = lists.nextDueAt(key);
    }
    if (dueAt === 0) continue;
    if (dueAt <= now) unpromoted = true;
    else nextDueAt = nextDueAt === 0 ? dueAt : Math.min(nextDueAt, dueAt);
  }
  return { nextDueAt, unpromoted };
}

interface Cursor<Row> {
  readonly key: ListKey;
  rows: Row[];
  at: number;
}

/** The lists of one offer as one list. */
class Merge<Row extends Place> {
  readonly #lists: ReadyLists<Row>;
  readonly #cursors: Cursor<Row>[];
  readonly #now: number;
  readonly #chunk: number;
  #current: Cursor<Row> | undefined;

  constructor(
    lists: ReadyLists<Row>,
    keys: readonly ListKey[],
    { now, chunk }: { readonly now: number; readonly chunk: number },
  ) {
    this.#lists = lists;
    this.#now = now;
    this.#chunk = chunk;
    this.#cursors = keys
      .map((key) => ({ key, rows: lists.heads(key, chunk, now), at: 0 }))
      .filter(({ rows }) => rows.length > 0);
  }

  first(): Row | undefined {
    let first: Row | undefined;
    for (const cursor of this.#cursors) {
      const row = cursor.rows[cursor.at];
      if (row === undefined || (first !== undefined && !isBefore(row, first))) continue;
      first = row;
      this.#current = cursor;
    }
    return first;
  }

  /** Goes on after the first one. What was taken has left its list, so a list is read from its head again. */
  drop(): void {
    const cursor = this.#current!;
    cursor.at += 1;
    if (cursor.at < this.#chunk || cursor.at < cursor.rows.length) return;
    cursor.rows = this.#lists.heads(cursor.key, this.#chunk, this.#now);
    cursor.at = 0;
  }
}

function isBefore(a: Place, b: Place): boolean {
  if (a.rank !== b.rank) return a.rank < b.rank;
  if (a.orderAt !== b.orderAt) return a.orderAt < b.orderAt;
  return a.id < b.id;
}
