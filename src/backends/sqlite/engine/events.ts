import type { EventsParams } from "../../../storage/storage.ts";
import { Packer } from "../packed.ts";
import type { Statements } from "../statements.ts";
import type { EventHead, PackedEvents } from "./storage-calls.ts";

const KIND = { output: 0, log: 1 } as const satisfies Record<EventHead["kind"], number>;

type Stored = [sequence: number, kind: number, body: Uint8Array];

/** Outputs, all of them, and the newest logs of each task. */
export class Events {
  readonly #insert;
  readonly #countLogs;
  readonly #trim;
  readonly #page;
  readonly #find;
  readonly #maxLogs: number;

  constructor(statements: Statements, maxLogs: number) {
    this.#maxLogs = maxLogs;
    this.#find = statements.query<[seq: number]>("SELECT seq FROM task WHERE id = ?");
    this.#insert = statements.command(
      "INSERT OR IGNORE INTO event (task, kind, sequence, body) VALUES (?, ?, ?, ?)",
    );
    this.#countLogs = statements.query<[logs: number]>(
      "UPDATE task SET logs = logs + ? WHERE seq = ? RETURNING logs",
    );
    this.#trim = statements.command(`
      DELETE FROM event WHERE task = ?1 AND kind = ${KIND.log} AND sequence IN (
        SELECT sequence FROM event WHERE task = ?1 AND kind = ${KIND.log} ORDER BY sequence LIMIT ?2)`);
    const pageOf = (kind: number): string =>
      `SELECT sequence, kind, body FROM event WHERE task = ?1 AND kind = ${kind} AND sequence > ?2`;
    this.#page = statements.query<Stored>(
      `${pageOf(KIND.output)} UNION ALL ${pageOf(KIND.log)} ORDER BY sequence`,
    );
  }

  append(task: number, heads: readonly EventHead[], bodies: readonly Uint8Array[]): void {
    let logs = 0;
    heads.forEach(({ kind, sequence }, at) => {
      const added = this.#insert.run(task, KIND[kind], sequence, bodies[at]!);
      if (kind === "log") logs += added;
    });
    if (logs > 0) this.#trimLogs(task, logs);
  }

  page({ id, afterSequence, limit, maxBytes }: EventsParams): PackedEvents {
    const heads: EventHead[] = [];
    const packer = new Packer();
    // No task has seq 0: an unknown one has no events.
    const task = this.#find.get(id)?.[0] ?? 0;
    let bytes = 0;
    for (const [sequence, kind, body] of this.#page.iterate(task, afterSequence)) {
      bytes += body.length;
      const full = heads.length >= limit || (heads.length > 0 && bytes > maxBytes);
      if (full) return { heads, packed: packer.done(), more: true };
      heads.push({ sequence, kind: kind === KIND.log ? "log" : "output" });
      packer.add(body);
    }
    return { heads, packed: packer.done(), more: false };
  }

  #trimLogs(task: number, added: number): void {
    const excess = (this.#countLogs.get(added, task)?.[0] ?? 0) - this.#maxLogs;
    if (excess > 0) this.#countLogs.get(-this.#trim.run(task, excess), task);
  }
}
