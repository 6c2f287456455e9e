/** Reads a text line by line. */
export class Lines {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Nothing follows. */
  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The next line, without its line feed; "" at the end. */
  next(): string {
    const from = this.#at;
    const found = this.#text.indexOf("\n", from);
    const to = found === -1 ? this.#text.length : found;
    this.#at = to + 1;
    return this.#text.slice(from, to);
  }

  number(): number {
    return Number(this.next());
  }
}
