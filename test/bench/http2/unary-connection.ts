/**
 * A connection that makes unary gRPC calls of prebuilt bytes at a fraction of what a client library costs, so that
 * the server is what a benchmark measures. It does not decode headers: an answer with a message is a success.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import {
  DEFAULT_WINDOW,
  FLAG,
  FRAME,
  frame,
  FrameReader,
  MAX_WINDOW,
  PREFACE,
  settings,
  windowUpdate,
  type Frame,
} from "./frames.ts";
import { requestHeaders, type RequestHeaders } from "./request-headers.ts";

/** Bytes before a message: whether it is compressed, and its length. */
const MESSAGE_PREFIX = 5;

/** Called with the answer's message, or with undefined when the call failed. */
export type OnAnswer = (message: Buffer | undefined) => void;

interface Call {
  readonly onAnswer: OnAnswer;
  parts: Buffer[];
}

/** Made by {@link openConnection}. Calls one method. */
export class UnaryConnection {
  readonly #socket: Socket;
  readonly #headers: RequestHeaders;
  readonly #reader = new FrameReader();
  readonly #calls = new Map<number, Call>();
  readonly #held: { readonly message: Buffer; readonly onAnswer: OnAnswer }[] = [];
  #out: Buffer[] = [];
  #nextStreamId = 1;
  #sendWindow = DEFAULT_WINDOW;
  #received = 0;
  #flushing = false;

  constructor(socket: Socket, headers: RequestHeaders) {
    this.#socket = socket;
    this.#headers = headers;
    this.#send(PREFACE, settings(), windowUpdate(MAX_WINDOW - DEFAULT_WINDOW));
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("close", () => this.#failAll());
    // What it means for the calls is told at its close.
    socket.on("error", () => socket.destroy());
  }

  /** Makes a call. `message` may be used again once this returns; at most 16 KiB. */
  call(message: Buffer, onAnswer: OnAnswer): void {
    if (this.#socket.destroyed) onAnswer(undefined);
    else if (this.#held.length > 0 || this.#sendWindow < message.length + MESSAGE_PREFIX)
      this.#held.push({ message: Buffer.from(message), onAnswer });
    else this.#start(message, onAnswer);
  }

  close(): void {
    this.#socket.destroy();
  }

  #start(message: Buffer, onAnswer: OnAnswer): void {
    const streamId = this.#nextStreamId;
    this.#nextStreamId += 2;
    const headers = streamId === 1 ? this.#headers.first : this.#headers.next;
    const data = Buffer.allocUnsafe(MESSAGE_PREFIX + message.length);
    data[0] = 0;
    data.writeUInt32BE(message.length, 1);
    message.copy(data, MESSAGE_PREFIX);
    this.#sendWindow -= data.length;
    this.#calls.set(streamId, { onAnswer, parts: [] });
    this.#send(
      frame(FRAME.headers, FLAG.endHeaders, streamId, headers),
      frame(FRAME.data, FLAG.endStream, streamId, data),
    );
  }

  #read(chunk: Buffer): void {
    for (const received of this.#reader.read(chunk)) this.#take(received);
  }

  #take({ type, flags, streamId, payload }: Frame): void {
    if (type === FRAME.data) this.#addData(streamId, payload);
    if (type === FRAME.settings && (flags & FLAG.ack) === 0)
      this.#send(frame(FRAME.settings, FLAG.ack, 0, Buffer.alloc(0)));
    if (type === FRAME.ping && (flags & FLAG.ack) === 0)
      this.#send(frame(FRAME.ping, FLAG.ack, 0, payload));
    if (type === FRAME.windowUpdate && streamId === 0) this.#grow(payload.readUInt32BE());
    if (type === FRAME.resetStream) this.#end(streamId, true);
    if (type === FRAME.goAway) this.#socket.destroy();
    const endsStream = type === FRAME.data || type === FRAME.headers;
    if (endsStream && (flags & FLAG.endStream) !== 0) this.#end(streamId, false);
  }

  #addData(streamId: number, payload: Buffer): void {
    this.#calls.get(streamId)?.parts.push(payload);
    this.#received += payload.length;
    if (this.#received < MAX_WINDOW / 2) return;
    this.#send(windowUpdate(this.#received));
    this.#received = 0;
  }

  #grow(bytes: number): void {
    this.#sendWindow += bytes;
    for (let next = this.#held[0]; next !== undefined; next = this.#held[0]) {
      if (this.#sendWindow < next.message.length + MESSAGE_PREFIX) return;
      this.#held.shift();
      this.#start(next.message, next.onAnswer);
    }
  }

  #end(streamId: number, failed: boolean): void {
    const call = this.#calls.get(streamId);
    if (call === undefined) return;
    this.#calls.delete(streamId);
    const bytes = call.parts.length === 1 ? call.parts[0]! : Buffer.concat(call.parts);
    const hasMessage = !failed && bytes.length >= MESSAGE_PREFIX;
    call.onAnswer(hasMessage ? bytes.subarray(MESSAGE_PREFIX) : undefined);
  }

  #failAll(): void {
    for (const streamId of this.#calls.keys()) this.#end(streamId, true);
    for (const { onAnswer } of this.#held.splice(0)) onAnswer(undefined);
  }

  /** All that one turn of the loop sends goes out as one write. */
  #send(...frames: Buffer[]): void {
    this.#out.push(...frames);
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      if (!this.#socket.destroyed) this.#socket.write(Buffer.concat(this.#out));
      this.#out = [];
    });
  }
}

/** Connects to `HOST:PORT`, for calls of one method: `/package.Service/Method`. */
export async function openConnection(address: string, path: string): Promise<UnaryConnection> {
  const at = address.lastIndexOf(":");
  const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) });
  socket.setNoDelay(true);
  await once(socket, "connect");
  return new UnaryConnection(socket, requestHeaders(address, path));
}
