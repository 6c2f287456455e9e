import type { SQLOutputValue } from "node:sqlite";
import { nonce } from "../../core/ids.ts";
import type { Statements } from "./statements.ts";

/** The table of single values that both kinds of file have. */
export class Meta {
  readonly #get;
  readonly #set;

  constructor(statements: Statements) {
    this.#get = statements.query<[SQLOutputValue]>("SELECT value FROM meta WHERE key = ?");
    this.#set = statements.command("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)");
  }

  get(key: string): SQLOutputValue | undefined {
    return this.#get.get(key)?.[0];
  }

  set(key: string, value: string | number): void {
    this.#set.run(key, value);
  }

  /** The id of that name, made when it is first asked for. */
  id(key: string): string {
    const known = this.get(key);
    if (known !== undefined) return String(known);
    const made = nonce();
    this.set(key, made);
    return made;
  }
}
