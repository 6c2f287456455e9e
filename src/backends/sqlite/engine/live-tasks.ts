import type { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { isLeased, isWaiting } from "../../../core/record.ts";
import type { Statements } from "../statements.ts";
import { toCandidate, type Candidate } from "./scans.ts";

/** Which tasks that have not ended are wanted. Wider than the filter: it is evaluated on the records. */
export interface LiveWanted {
  readonly states: readonly TaskState[];
  readonly queues: readonly number[];
  /** Empty: all. */
  readonly names: readonly number[];
}

type Columns = [createdAt: number, id: string, seq: number];

/** Tasks that wait or run, by the indexes that the hand-out and the rescuer use: few beside those that have ended. */
export class LiveTasks {
  readonly #leased;
  readonly #ofQueue;
  readonly #ofName;

  constructor(statements: Statements) {
    const columns = "SELECT created_at, id, seq FROM task INDEXED BY";
    this.#leased = statements.query<Columns>(
      `${columns} leased WHERE lease_at IS NOT NULL LIMIT ?`,
    );
    const lists = ["ready WHERE rank IS NOT NULL", "delayed WHERE delayed_to IS NOT NULL"];
    this.#ofQueue = lists.map((list) =>
      statements.query<Columns>(`${columns} ${list} AND queue = ? LIMIT ?`),
    );
    this.#ofName = lists.map((list) =>
      statements.query<Columns>(`${columns} ${list} AND queue = ? AND name = ? LIMIT ?`),
    );
  }

  /** At most `limit + 1` of them, without order: more than `limit` means that there are too many. */
  gather({ states, queues, names }: LiveWanted, limit: number): Candidate[] {
    const found: Columns[] = [];
    const left = (): number => limit + 1 - found.length;
    if (states.some(isLeased)) found.push(...this.#leased.all(left()));
    if (!states.some(isWaiting)) return found.map(toCandidate);
    for (const queue of queues) {
      if (names.length === 0)
        for (const query of this.#ofQueue) found.push(...query.all(queue, left()));
      for (const name of names)
        for (const query of this.#ofName) found.push(...query.all(queue, name, left()));
    }
    return found.map(toCandidate);
  }
}
