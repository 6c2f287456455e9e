import type { Intent } from "../../../storage/storage.ts";
import type { Statements } from "../statements.ts";

/** "These waiting tasks are about to be published." */
export class Intents {
  readonly #get;
  readonly #insert;
  readonly #update;
  readonly #page;
  readonly #delete;

  constructor(statements: Statements) {
    this.#get = statements.query<[taskIds: string]>("SELECT task_ids FROM intent WHERE id = ?");
    this.#insert = statements.command("INSERT INTO intent (id, at, task_ids) VALUES (?, ?, ?)");
    this.#update = statements.command("UPDATE intent SET task_ids = ? WHERE id = ?");
    this.#page = statements.query<[id: string, taskIds: string]>(
      "SELECT id, task_ids FROM intent WHERE at <= ? ORDER BY at, seq LIMIT ?",
    );
    this.#delete = statements.command("DELETE FROM intent WHERE id = ?");
  }

  /** An intent that is known takes up more tasks and keeps its age. */
  note(id: string | undefined, taskIds: readonly string[], now: number): void {
    if (id === undefined || taskIds.length === 0) return;
    const known = this.#get.get(id);
    if (known === undefined) this.#insert.run(id, now, JSON.stringify(taskIds));
    else this.#update.run(JSON.stringify([...new Set([...parse(known[0]), ...taskIds])]), id);
  }

  notedBefore(at: number, limit: number): Intent[] {
    return this.#page.all(at, limit).map(([id, taskIds]) => ({ id, taskIds: parse(taskIds) }));
  }

  drop(ids: readonly string[]): void {
    for (const id of ids) this.#delete.run(id);
  }
}

function parse(taskIds: string): string[] {
  return JSON.parse(taskIds) as string[];
}
