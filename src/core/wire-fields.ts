import { isUtf8 } from "node:buffer";
import { BYTES, WireReader } from "./wire.ts";

/** The length-delimited fields of a message, each at most once; anything else is left to protobuf-es. */
export class Fields {
  /** There is something that is not read here. */
  left = false;
  readonly #reader: WireReader;
  readonly #repeated: number;
  #seen = 0;

  /** `repeated`: the number of the one field that may come more than once. */
  constructor(bytes: Buffer, { repeated = 0 }: { readonly repeated?: number } = {}) {
    this.#reader = new WireReader(bytes);
    this.#repeated = repeated;
  }

  /** The number of the next field; undefined at the end, and once something was left. */
  next(): number | undefined {
    if (this.left || this.#reader.done) return undefined;
    const tag = this.#reader.varint();
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

  view(): Buffer {
    return this.#reader.view();
  }

  /** Not a Buffer: programs that get the message compare and print it. */
  plain(): Uint8Array {
    const view = this.#reader.view();
    return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  }

  text(): string {
    const view = this.#reader.view();
    // What is not UTF-8 is an error, which protobuf-es words.
    if (!isUtf8(view)) this.left = true;
    return view.toString("utf8");
  }

  /** The fields of a message within. */
  inner(options?: { readonly repeated?: number }): Fields {
    return new Fields(this.#reader.view(), options);
  }

  /** The message that was read from the inner fields. */
  after<T>(inner: Fields, message: T): T {
    this.left ||= inner.left;
    return message;
  }
}
