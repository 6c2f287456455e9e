import { isUtf8 } from "node:buffer";
import { BYTES, WireReader } from "./wire.ts";

/** The length-delimited fields of a message, each at most once; anything else is left to protobuf-es. */
export class Fields extends WireReader {
  /** There is something that is not read here. */
  left = false;
  readonly #repeated: number;
  #seen = 0;

  /** `repeated`: the number of the one field that may come more than once; 0: none. */
  constructor(bytes: Buffer, repeated = 0, at = 0, end: number = bytes.length) {
    super(bytes, at, end);
    this.#repeated = repeated;
  }

  /** The number of the next field; undefined at the end, and once something was left. */
  next(): number | undefined {
    if (this.left || this.done) return undefined;
    const tag = this.varint();
    const field = tag >>> 3;
    const bit = 1 << field;
    if ((tag & 7) !== BYTES || field > 15 || (this.#seen & bit) !== 0) {
      this.left = true;
      return undefined;
    }
    if (field !== this.#repeated) this.#seen |= bit;
    return field;
  }

  leave(): void {
    this.left = true;
  }

  override text(): string {
    const end = this.span();
    const text = this.bytes.toString("utf8", this.at, end);
    // The character may stand for what is not UTF-8: an error, which protobuf-es words.
    if (text.includes("\ufffd") && !isUtf8(this.bytes.subarray(this.at, end))) this.left = true;
    this.at = end;
    return text;
  }

  /** The fields of a message within. */
  inner(repeated = 0): Fields {
    const end = this.span();
    const inner = new Fields(this.bytes, repeated, this.at, end);
    this.at = end;
    return inner;
  }

  /** The message that was read from the inner fields. */
  after<T>(inner: Fields, message: T): T {
    this.left ||= inner.left;
    return message;
  }
}
