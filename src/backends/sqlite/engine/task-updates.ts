import { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { HEAD } from "../../../core/record-codec.ts";
import { isLeased } from "../../../core/record.ts";
import type { Statements } from "../statements.ts";
import { attentionAtOf, PLACE_COLUMNS, placeOf } from "./index-columns.ts";

export interface Replacement {
  readonly seq: number;
  /** States as indexed. */
  readonly from: TaskState;
  readonly to: TaskState;
  readonly head: Buffer;
  /** Null: apart. */
  readonly tail: Uint8Array | null;
}

/** What a ready task has, and a leased one has not. */
const NOT_READY = "rank = NULL, order_at = NULL, returned_at = NULL, deadline_at = NULL";

/**
 * Statements that replace a row: one for each of the steps that every task takes, which names only the columns that
 * the step changes, since a write looks at each index of which it sets a column; and one for all the others.
 */
export class TaskUpdates {
  readonly #start;
  readonly #annotate;
  readonly #succeed;
  readonly #renew;
  readonly #any;

  constructor(statements: Statements) {
    const update = (...set: readonly string[]) =>
      statements.command(`UPDATE task SET ${set.join(", ")} WHERE seq = ?`);
    const all = PLACE_COLUMNS.map((column) => `${column} = ?`);
    this.#start = update(NOT_READY, "lease_at = ?", "head = ?", "tail = ?");
    this.#annotate = update("lease_at = ?", "head = ?", "tail = ?");
    this.#succeed = update("lease_at = NULL", "purge_at = ?", "head = ?", "tail = ?");
    this.#renew = update("lease_at = ?", "head = ?");
    this.#any = update(...all, "head = ?", "tail = ?");
  }

  replace({ seq, from, to, head, tail }: Replacement): void {
    const statement = this.#between(from, to);
    if (statement === this.#any) statement.run(...placeOf(head, to), head, tail, seq);
    else if (statement === this.#succeed)
      statement.run(head.readDoubleLE(HEAD.purgeAt), head, tail, seq);
    else statement.run(attentionAtOf(head), head, tail, seq);
  }

  renew(seq: number, leaseAt: number, head: Buffer): void {
    this.#renew.run(leaseAt, head, seq);
  }

  #between(from: TaskState, to: TaskState) {
    if (isLeased(to)) {
      if (from === TaskState.PENDING) return this.#start;
      if (isLeased(from)) return this.#annotate;
    }
    return isLeased(from) && to === TaskState.SUCCEEDED ? this.#succeed : this.#any;
  }
}
