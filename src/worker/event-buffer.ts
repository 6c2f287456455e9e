/** The events of one attempt that the server has not recorded yet, in order. */
import { create } from "@bufbuild/protobuf";
import type { LogEntry, Payload, Progress } from "../../gen/qtasksapi/v1/task_pb.ts";
import { AttemptEventSchema, type AttemptEvent } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { toDuration } from "../core/duration.ts";
import type { QTasksError } from "../core/errors.ts";

/** Above either, outputs wait and logs are dropped. */
const MAX_EVENTS = 1_000;
const MAX_BYTES = 1 << 20;

/** An output or a log line, with the time of `performance.now()` when it came. */
export interface BufferedEvent {
  readonly event:
    | { readonly case: "output"; readonly value: Payload }
    | { readonly case: "log"; readonly value: LogEntry };
  readonly at: number;
  readonly bytes: number;
}

/** A slice that is under way to the server. */
export interface EventSlice {
  readonly firstIndex: number;
  readonly events: AttemptEvent[];
  readonly progress: Progress | undefined;
  readonly bytes: number;
}

interface Waiter {
  readonly isOver: () => boolean;
  readonly resolve: () => void;
}

export class EventBuffer {
  #pending: BufferedEvent[] = [];
  #bytes = 0;
  #recorded = 0;
  #outputs = 0;
  #progress: Progress | undefined;
  #refusal: QTasksError | undefined;
  #closed = false;
  #waiters: Waiter[] = [];

  /** Events recorded so far, or about to be: `Outcome.event_count`. */
  get count(): number {
    return this.#recorded + this.#pending.length;
  }

  /** Outputs among them. */
  get outputCount(): number {
    return this.#outputs;
  }

  /** There is something to send. */
  get isDirty(): boolean {
    return this.#pending.length > 0 || this.#progress !== undefined;
  }

  get isFull(): boolean {
    return this.#pending.length >= MAX_EVENTS || this.#bytes >= MAX_BYTES;
  }

  /** The server's word that it takes no more outputs of this attempt. */
  get refusal(): QTasksError | undefined {
    return this.#refusal;
  }

  append(event: BufferedEvent): void {
    if (this.#closed) return;
    this.#pending.push(event);
    this.#bytes += event.bytes;
    if (event.event.case === "output") this.#outputs++;
  }

  /** Replaces progress that has not left yet. */
  setProgress(progress: Progress): void {
    if (!this.#closed) this.#progress = progress;
  }

  /** The oldest events within the limits, one at least, and the latest progress; they stay until acknowledged. */
  slice(maxEvents: number, maxBytes: number): EventSlice {
    const now = performance.now();
    const events: AttemptEvent[] = [];
    let bytes = 0;
    for (const { event, at, bytes: size } of this.#pending) {
      if (events.length >= maxEvents || (bytes + size > maxBytes && events.length > 0)) break;
      events.push(create(AttemptEventSchema, { age: toDuration(now - at), event }));
      bytes += size;
    }
    return { firstIndex: this.#recorded + 1, events, progress: this.#progress, bytes };
  }

  /** The slice was recorded. */
  acknowledge(slice: EventSlice): void {
    if (this.#closed) return;
    const gone = this.#pending.splice(0, slice.events.length);
    this.#recorded += gone.length;
    this.#bytes -= slice.bytes;
    if (this.#progress === slice.progress) this.#progress = undefined;
    this.#wake();
  }

  /**
   * The server refuses what is pending. Lost log lines are a pity; where outputs are among them,
   * the attempt can't succeed any more. What comes next takes the place of what was refused.
   */
  refuse(error: QTasksError): void {
    const outputs = this.#pending.filter(({ event }) => event.case === "output").length;
    this.#outputs -= outputs;
    if (outputs > 0) this.#refusal = error;
    this.#clear();
  }

  /** Drops what is pending and all that comes. */
  close(): void {
    this.#closed = true;
    this.#clear();
  }

  /** Resolves when there is room for outputs. */
  whenRoom(): Promise<void> {
    return this.#when(() => !this.isFull);
  }

  /** Resolves when nothing is left to send. */
  whenClean(): Promise<void> {
    return this.#when(() => !this.isDirty);
  }

  #clear(): void {
    this.#pending = [];
    this.#bytes = 0;
    this.#progress = undefined;
    this.#wake();
  }

  async #when(isOver: () => boolean): Promise<void> {
    if (!isOver()) await new Promise<void>((resolve) => this.#waiters.push({ isOver, resolve }));
  }

  #wake(): void {
    const [over, still] = [[], []] as [Waiter[], Waiter[]];
    for (const waiter of this.#waiters) (waiter.isOver() ? over : still).push(waiter);
    this.#waiters = still;
    for (const waiter of over) waiter.resolve();
  }
}
