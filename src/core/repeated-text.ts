/** Texts that most records of a batch share. */

/** Reads one field, record after record: its text is made anew only where the bytes differ from those read before. */
export class RepeatedText {
  readonly #bytes: Buffer;
  readonly #encoding: "utf8" | "hex";
  #from = 0;
  #to = 0;
  #text = "";

  constructor(bytes: Buffer, encoding: "utf8" | "hex") {
    this.#bytes = bytes;
    this.#encoding = encoding;
  }

  read(from: number, to: number): string {
    if (!this.#isSame(from, to)) {
      this.#text = this.#bytes.toString(this.#encoding, from, to);
      this.#from = from;
      this.#to = to;
    }
    return this.#text;
  }

  #isSame(from: number, to: number): boolean {
    const before = this.#from - from;
    if (to - from !== this.#to - this.#from) return false;
    for (let at = from; at < to; at++)
      if (this.#bytes[at] !== this.#bytes[at + before]) return false;
    return true;
  }
}
