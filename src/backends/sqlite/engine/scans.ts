import type { Cursor } from "../../../storage/storage.ts";
import type { Query, Statements } from "../statements.ts";

/** A task's place in the order of creation, newest first. */
export interface Candidate extends Cursor {
  readonly seq: number;
}

/** Which part of the order of creation to scan. */
export interface Range {
  /** Only what comes after it, newest first. */
  readonly after: Cursor;
  /** Only tasks created then or later. */
  readonly createdFrom: number;
}

/** The whole order of creation. */
export const FROM_THE_NEWEST: Cursor = { createdAt: Number.MAX_SAFE_INTEGER, id: "" };

/** Rows read at a time. */
const CHUNK = 256;

type Columns = [createdAt: number, id: string, seq: number];

type Fetch = (range: Range, limit: number) => Candidate[];

/** Tasks of an index, newest first. */
export class Scans {
  readonly #created;
  readonly #tagged;
  readonly #unsuccessful;

  constructor(statements: Statements) {
    const range = "(created_at, id) < (?, ?) AND created_at >= ?";
    const order = "ORDER BY created_at DESC, id DESC LIMIT ?";
    this.#created = statements.query<Columns>(
      `SELECT created_at, id, seq FROM task INDEXED BY created WHERE ${range} ${order}`,
    );
    this.#tagged = statements.query<Columns>(
      `SELECT created_at, id, task FROM tag WHERE tag = ? AND ${range} ${order}`,
    );
    this.#unsuccessful = statements.query<Columns>(`
      SELECT created_at, id, seq FROM task INDEXED BY unsuccessful
      WHERE unsuccessful = ? AND ${range} ${order}`);
  }

  created(range: Range): Iterable<Candidate> {
    return inChunks(range, ({ after, createdFrom }, limit) =>
      this.#created.all(after.createdAt, after.id, createdFrom, limit).map(toCandidate),
    );
  }

  tagged(tags: readonly string[], range: Range): Iterable<Candidate> {
    return this.#merged(this.#tagged, tags, range);
  }

  unsuccessful(states: readonly number[], range: Range): Iterable<Candidate> {
    return this.#merged(this.#unsuccessful, states, range);
  }

  #merged(
    query: Query<Columns>,
    keys: readonly (string | number)[],
    range: Range,
  ): Iterable<Candidate> {
    const scans = keys.map((key) =>
      inChunks(range, ({ after, createdFrom }, limit) =>
        query.all(key, after.createdAt, after.id, createdFrom, limit).map(toCandidate),
      ),
    );
    return scans.length === 1 ? scans[0]! : merge(scans);
  }
}

/** A few tasks that were gathered without order. */
export function* sorted(candidates: Candidate[], range: Range): Iterable<Candidate> {
  for (const candidate of candidates.toSorted(byNewest))
    if (byNewest(range.after, candidate) < 0 && candidate.createdAt >= range.createdFrom)
      yield candidate;
}

export function toCandidate([createdAt, id, seq]: Columns): Candidate {
  return { createdAt, id, seq };
}

function* inChunks(range: Range, fetch: Fetch): Generator<Candidate> {
  for (let after = range.after; ;) {
    const chunk = fetch({ ...range, after }, CHUNK);
    yield* chunk;
    const last = chunk.at(-1);
    if (last === undefined || chunk.length < CHUNK) return;
    after = last;
  }
}

function* merge(scans: readonly Generator<Candidate>[]): Generator<Candidate> {
  const heads = scans.map((scan) => ({ scan, next: scan.next() }));
  for (;;) {
    const live = heads.filter(({ next }) => next.done !== true);
    if (live.length === 0) return;
    const first = live.reduce((a, b) => (byNewest(b.next.value, a.next.value) < 0 ? b : a));
    yield first.next.value!;
    first.next = first.scan.next();
  }
}

function byNewest(a: Cursor, b: Cursor): number {
  if (a.createdAt !== b.createdAt) return b.createdAt - a.createdAt;
  return a.id === b.id ? 0 : a.id > b.id ? -1 : 1;
}
