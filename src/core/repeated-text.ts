/** Texts that most records of a batch share. */

/** Reads one field, record after record: its text is made anew only where the bytes differ from those read before. */
export class RepeatedText {
  readonly #encoding: "utf8" | "hex";
  #bytes: Buffer | undefined;
  #from = 0;
  #to = 0;
  #text = "";

  constructor(encoding: "utf8" | "hex") {
    this.#encoding = encoding;
  }

  read(bytes: Buffer, from: number, to: number): string {
    if (!this.#isSame(bytes, from, to)) {
      this.#text = bytes.toString(this.#encoding, from, to);
      this.#bytes = bytes;
      this.#from = from;
      this.#to = to;
    }
    return this.#text;
  }

  #isSame(bytes: Buffer, from: number, to: number): boolean {
    const known = this.#bytes;
    if (known === undefined || to - from !== this.#to - this.#from) return false;
    const before = this.#from - from;
    for (let at = from; at < to; at++) if (bytes[at] !== known[at + before]) return false;
    return true;
  }
}
