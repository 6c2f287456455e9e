/**
 * The call of a script as it goes over the wire, written as it is put together: one buffer for all, where an array of
 * arguments costs several small buffers and strings for each, and the client copies them once more.
 */
import { Command } from "ioredis";
import { viewOf } from "../../core/bytes.ts";

/** An argument of a script, or of a command. */
export type Argument = string | number | Buffer;

/** Bytes before the arguments that are kept for a head by hash: count, command, hash, and number of keys. */
const HEAD_SPACE = 96;
const CR = 0x0d;
const LF = 0x0a;
const DOLLAR = 0x24;
const ZERO = 0x30;
/** "$", ten digits and twice CR LF. */
const MAX_FRAMING = 15;

/** Gathers the arguments of one call behind its key. May be sent again, but not be added to once it was sent. */
export class ScriptCall {
  #bytes: Buffer;
  #view: DataView;
  #at = HEAD_SPACE;
  /** Of the parts so far, the key included. */
  #count = 0;

  /** `size`: bytes that the arguments will take, about; more are made room for. */
  constructor(key: string, size = 1024) {
    this.#bytes = Buffer.allocUnsafe(HEAD_SPACE + size);
    this.#view = viewOf(this.#bytes);
    this.text(key);
  }

  /** Where the bytes of {@link place} are to be written; asked for anew after each. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Over {@link bytes}. */
  get view(): DataView {
    return this.#view;
  }

  /** Adds an argument of `length` bytes, which the caller writes from the returned offset on. */
  place(length: number): number {
    this.#need(length + MAX_FRAMING);
    const bytes = this.#bytes;
    bytes[this.#at++] = DOLLAR;
    this.#at = writeDigits(bytes, this.#at, length);
    this.#endLine();
    const from = this.#at;
    this.#at = from + length;
    this.#endLine();
    this.#count++;
    return from;
  }

  add(value: Argument): void {
    if (typeof value === "string") this.text(value);
    else if (typeof value === "number") this.number(value);
    else this.raw(value);
  }

  addAll(values: readonly Argument[]): void {
    for (const value of values) this.add(value);
  }

  /** A text behind the bytes of another, such as an id behind the start of its key. */
  joined(start: Buffer, rest: string): void {
    const length = Buffer.byteLength(rest);
    const from = this.place(start.length + length);
    this.#bytes.set(start, from);
    this.#write(rest, from + start.length, length);
  }

  text(value: string): void {
    const length = Buffer.byteLength(value);
    const from = this.place(length);
    this.#write(value, from, length);
  }

  number(value: number): void {
    this.text(String(value));
  }

  raw(value: Uint8Array): void {
    const from = this.place(value.length);
    this.#bytes.set(value, from);
  }

  /** What is sent to call the script by its hash. */
  byHash(sha: string): Buffer {
    const head = this.#headOf("EVALSHA", sha);
    const from = HEAD_SPACE - head.length;
    this.#bytes.write(head, from, "latin1");
    return this.#bytes.subarray(from, this.#at);
  }

  /** What is sent to call a script that Redis does not know yet. */
  bySource(source: string): Buffer {
    const head = Buffer.from(this.#headOf("EVAL", source));
    return Buffer.concat([head, this.#bytes.subarray(HEAD_SPACE, this.#at)]);
  }

  #headOf(command: string, script: string): string {
    const length = Buffer.byteLength(script);
    return `*${this.#count + 3}\r\n$${command.length}\r\n${command}\r\n$${length}\r\n${script}\r\n$1\r\n1\r\n`;
  }

  #write(text: string, from: number, length: number): void {
    this.#bytes.write(text, from, length, length === text.length ? "latin1" : "utf8");
  }

  #endLine(): void {
    this.#bytes[this.#at++] = CR;
    this.#bytes[this.#at++] = LF;
  }

  #need(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at + length));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}

/** A command that was put into bytes already. */
export class FramedCommand extends Command {
  readonly #frame: Buffer;

  constructor(name: string, frame: Buffer) {
    super(name, [], { replyEncoding: null });
    this.#frame = frame;
  }

  override toWritable(): Buffer {
    return this.#frame;
  }
}

/** Writes a whole number in decimal; gives the offset behind it. */
function writeDigits(bytes: Buffer, at: number, value: number): number {
  let end = at + 1;
  for (let left = value; left >= 10; left = Math.trunc(left / 10)) end++;
  let left = value;
  for (let place = end - 1; place >= at; place--) {
    bytes[place] = ZERO + (left % 10);
    left = Math.trunc(left / 10);
  }
  return end;
}
