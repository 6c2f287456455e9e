/**
 * Bytes on their way between the threads: many pieces in one buffer, which is transferred rather
 * than copied. A structured clone of each piece alone would cost more than its content.
 */
export interface Packed {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each piece ends; it starts where the one before it ends. */
  readonly ends: readonly number[];
}

/** Gathers pieces, each of which may come in several parts. */
export class Packer {
  readonly #parts: Uint8Array[] = [];
  readonly #ends: number[] = [];
  #size = 0;

  add(...parts: readonly Uint8Array[]): void {
    for (const part of parts) {
      this.#parts.push(part);
      this.#size += part.length;
    }
    this.#ends.push(this.#size);
  }

  done(): Packed {
    const bytes = new Uint8Array(this.#size);
    let offset = 0;
    for (const part of this.#parts) {
      bytes.set(part, offset);
      offset += part.length;
    }
    return { bytes, ends: this.#ends };
  }
}

/** The pieces, as views. */
export function unpack({ bytes, ends }: Packed): Buffer[] {
  let start = 0;
  return ends.map((end) => {
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
    start = end;
    return piece;
  });
}

/** What to transfer with a message's params or answer, which hold their bytes as `packed`. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  if (typeof value !== "object" || value === null || !("packed" in value)) return [];
  return [(value.packed as Packed).bytes.buffer];
}
