/**
 * Protobuf's wire format, for the few messages that are read and written once per task and where a general codec
 * costs more than all else that is done with them. Each codec that uses it is tested field by field against protobuf-es.
 *
 * Source: protobuf.dev, "Encoding".
 */

export const VARINT = 0;
export const BYTES = 2;

/** Bytes of a varint; of a whole number from 0 to 2^53. */
export function varintSize(value: number): number {
  let size = 1;
  for (let left = value; left >= 0x80; left = Math.floor(left / 0x80)) size++;
  return size;
}

/** Bytes of a length-delimited field with a tag of one byte (fields 1 to 15). */
export function bytesFieldSize(length: number): number {
  return 1 + varintSize(length) + length;
}

/** Bytes of a text field with a tag of one byte, which is not written where the text is empty. */
export function textFieldSize(text: string): number {
  return text === "" ? 0 : bytesFieldSize(Buffer.byteLength(text));
}

/** Bytes of a Timestamp; ms since the epoch, 0 or more. */
export function timestampSize(ms: number): number {
  const seconds = Math.floor(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1e6);
  return (seconds === 0 ? 0 : 1 + varintSize(seconds)) + (nanos === 0 ? 0 : 1 + varintSize(nanos));
}

/** Writes into a buffer that is large enough. */
export class WireWriter {
  readonly bytes: Buffer;
  #at = 0;

  /** `size`: bytes that will be written, at most. */
  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  /** What was written. */
  get written(): Buffer {
    return this.#at === this.bytes.length ? this.bytes : this.bytes.subarray(0, this.#at);
  }

  varint(value: number): void {
    let left = value;
    // Division above 2^31: the bit operators see 32 bits only.
    for (; left >= 0x80000000; left = Math.floor(left / 0x80))
      this.bytes[this.#at++] = (left % 0x80) | 0x80;
    for (; left >= 0x80; left >>>= 7) this.bytes[this.#at++] = (left & 0x7f) | 0x80;
    this.bytes[this.#at++] = left;
  }

  varintField(field: number, value: number): void {
    this.varint((field << 3) | VARINT);
    this.varint(value);
  }

  /** Tag and length of a field whose content follows. */
  head(field: number, length: number): void {
    this.varint((field << 3) | BYTES);
    this.varint(length);
  }

  /** A google.protobuf.Timestamp; ms since the epoch, 0 or more. */
  timestampField(field: number, ms: number): void {
    const seconds = Math.floor(ms / 1000);
    const nanos = Math.round((ms - seconds * 1000) * 1e6);
    this.head(field, timestampSize(ms));
    if (seconds !== 0) this.varintField(1, seconds);
    if (nanos !== 0) this.varintField(2, nanos);
  }

  /** `length`: of the text in UTF-8, where its caller has measured it. */
  textField(field: number, text: string, length: number = Buffer.byteLength(text)): void {
    this.head(field, length);
    this.text(text, length);
  }

  text(text: string, length: number): void {
    this.bytes.write(text, this.#at, length, length === text.length ? "latin1" : "utf8");
    this.#at += length;
  }

  bytesField(field: number, bytes: Uint8Array): void {
    this.head(field, bytes.length);
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }
}

/** Reads fields one after the other. Throws a RangeError where the bytes end too early. */
export class WireReader {
  readonly bytes: Buffer;
  readonly end: number;
  at: number;

  constructor(bytes: Buffer, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  /** Up to 2^53. */
  varint(): number {
    // Tags and most lengths are one byte.
    if (this.at < this.end && this.bytes[this.at]! < 0x80) return this.bytes[this.at++]!;
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      if (this.at >= this.end) throw new RangeError("the message ends within a number");
      const byte = this.bytes[this.at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  /** The end of a length-delimited field that begins here. */
  span(): number {
    const end = this.varint() + this.at;
    if (end > this.end) throw new RangeError("the message ends within a field");
    return end;
  }

  text(): string {
    const end = this.span();
    const text = this.bytes.toString("utf8", this.at, end);
    this.at = end;
    return text;
  }

  /** A view, not a copy. */
  view(): Buffer {
    const end = this.span();
    const view = this.bytes.subarray(this.at, end);
    this.at = end;
    return view;
  }

  /** Not a Buffer: programs that get the message compare and print it. */
  plain(): Uint8Array {
    const view = this.view();
    return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  }
}
