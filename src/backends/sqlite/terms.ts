import type { Statements } from "./statements.ts";

/** Names and queues as small numbers. What a file has ever seen stays: they are few. */
export class Terms {
  readonly #all;
  readonly #insert;
  readonly #ids = new Map<string, number>();
  readonly #texts = new Map<number, string>();

  constructor(statements: Statements) {
    this.#all = statements.query<[number, string]>("SELECT id, text FROM term");
    this.#insert = statements.command("INSERT INTO term (text) VALUES (?)");
    this.reload();
  }

  /** The number, newly given where there is none. */
  intern(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#insert.insert(text);
    this.#note(id, text);
    return id;
  }

  find(text: string): number | undefined {
    return this.#ids.get(text);
  }

  /** The numbers of those that are known. */
  findAll(texts: readonly string[]): number[] {
    return texts.flatMap((text) => this.find(text) ?? []);
  }

  text(id: number): string {
    return this.#texts.get(id) ?? "";
  }

  /** Numbers given since the last commit are void. */
  reload(): void {
    this.#ids.clear();
    this.#texts.clear();
    for (const [id, text] of this.#all.all()) this.#note(id, text);
  }

  #note(id: number, text: string): void {
    this.#ids.set(text, id);
    this.#texts.set(id, text);
  }
}
