/**
 * Writes the history of one process. Lines of calls and of handlers' starts reach the kernel before the call
 * leaves, so that a kill -9 loses answers at most, which makes the calls maybes; other lines follow at the end
 * of the turn of the event loop. A torn last line is left out by the reader.
 *
 * The clock is `performance.timeOrigin + performance.now()`: it never jumps while a process lives, and two
 * processes of one machine agree within `SettingsEvent.clockSkewMs` as long as nobody sets the system's clock
 * between their starts. Where the harness makes the clock of a server jump it moves `Date` alone, so that the log
 * of its own worker is true, too. Times that servers tell can be compared with those of the log only in runs
 * without an injection that affects the clock.
 */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Answer } from "./answer.ts";
import type { Call } from "./call.ts";
import type { HistoryEvent, ProcessEvent } from "./event.ts";

const MAX_BUFFERED = 64 << 10;

/** Ending of the files that belong to a history. */
export const HISTORY_SUFFIX = ".history.jsonl";

/** Ms since the epoch by the log's clock. */
export function historyNow(): number {
  return performance.timeOrigin + performance.now();
}

type WithoutTime<E> = E extends unknown ? Omit<E, "at"> : never;

export interface HistoryLogOptions extends Pick<ProcessEvent, "process" | "role"> {
  /** Folder of the run; made where it is missing. */
  readonly directory: string;
}

export class HistoryLog implements Disposable {
  readonly #file: number;
  #buffer = "";
  #flushing: NodeJS.Immediate | undefined;
  #calls = 0;
  #isClosed = false;

  constructor({ directory, process: name, role }: HistoryLogOptions) {
    mkdirSync(directory, { recursive: true });
    this.#file = openSync(join(directory, `${name}${HISTORY_SUFFIX}`), "ax");
    this.write({ type: "process", process: name, role, pid: process.pid });
    this.flush();
  }

  /** Notes an event with the time of now; it is written at the end of this turn. */
  write(event: WithoutTime<HistoryEvent>): void {
    if (this.#isClosed) return;
    const { type, ...rest } = event;
    this.#buffer += `${JSON.stringify({ type, at: round(historyNow()), ...rest })}\n`;
    if (this.#buffer.length > MAX_BUFFERED) this.flush();
    else this.#flushing ??= setImmediate(() => this.flush());
  }

  /** As {@link write}, but written when it returns: for what must not be forgotten by a kill. */
  writeNow(event: WithoutTime<HistoryEvent>): void {
    this.write(event);
    this.flush();
  }

  /** Notes a call that is about to be sent and returns its number. */
  call(request: Call): number {
    const call = ++this.#calls;
    this.writeNow({ type: "call", call, request });
    return call;
  }

  answer(call: number, answer: Answer): void {
    this.write({ type: "answer", call, answer });
  }

  /** `reason` of a QTasksError, or the name of a gRPC status. */
  error(call: number, reason: string): void {
    this.write({ type: "error", call, reason });
  }

  /** Hands everything to the kernel. */
  flush(): void {
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    let bytes: Uint8Array = Buffer.from(this.#buffer);
    this.#buffer = "";
    while (bytes.length > 0) bytes = bytes.subarray(writeSync(this.#file, bytes));
  }

  /** Ends the file; what is written afterwards is dropped. */
  close(): void {
    if (this.#isClosed) return;
    this.writeNow({ type: "processEnded" });
    this.#isClosed = true;
    closeSync(this.#file);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function round(at: number): number {
  return Math.round(at * 1000) / 1000;
}
