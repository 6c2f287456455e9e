/** Sends outputs, logs and progress of running attempts, in order, many attempts in one call. */
import type { Logger } from "pino";
import type { LogEntry, Payload, Progress } from "../../gen/qtasksapi/v1/task_pb.ts";
import { QTasksError } from "../core/errors.ts";
import type { Attempt } from "./attempt.ts";
import { isRefusal } from "./backoff.ts";
import type { EventSlice } from "./event-buffer.ts";
import { payloadBytes } from "../core/payload-bytes.ts";
import type { Session } from "./session.ts";

/** Logs and progress wait this long for company, in ms; outputs leave at once. */
const LAZY_MS = 100;
const MAX_ATTEMPTS = 1_000;
const MAX_EVENTS = 1_000;
const MAX_BYTES = 1 << 20;

interface Part {
  readonly attempt: Attempt;
  readonly slice: EventSlice;
}

export class Recorder {
  readonly #session: Session;
  readonly #logger: Logger;
  readonly #dirty = new Set<Attempt>();
  #timer: NodeJS.Timeout | undefined;
  #sending = false;
  #urgent = false;

  constructor(session: Session, logger: Logger) {
    this.#session = session;
    this.#logger = logger;
  }

  /** Adds an output; resolves when there is room for the next. Rejects when the attempt is over or refused. */
  async output(attempt: Attempt, value: Payload): Promise<void> {
    this.#checkOpen(attempt);
    const bytes = payloadBytes(value) + 64;
    attempt.events.append({ event: { case: "output", value }, at: performance.now(), bytes });
    this.#touch(attempt, true);
    await attempt.events.whenRoom();
    this.#checkOpen(attempt);
  }

  /** Adds a log line, or drops it where the server can't keep up: logs never hold a handler back. */
  log(attempt: Attempt, value: LogEntry): boolean {
    if (attempt.over || attempt.events.isFull) return false;
    const bytes = JSON.stringify(value.fields).length + value.message.length + 64;
    attempt.events.append({ event: { case: "log", value }, at: performance.now(), bytes });
    this.#touch(attempt, false);
    return true;
  }

  /** Sets the progress, at most ten times a second for each attempt; the latest wins. */
  progress(attempt: Attempt, progress: Progress): void {
    if (attempt.over) return;
    attempt.events.setProgress(progress);
    this.#touch(attempt, false);
  }

  /** Resolves when all events of the attempt are recorded, refused or void. */
  async flush(attempt: Attempt): Promise<void> {
    if (attempt.events.isDirty) this.#touch(attempt, true);
    await attempt.events.whenClean();
  }

  /** Nothing is sent any more. */
  stop(): void {
    clearTimeout(this.#timer);
    for (const attempt of this.#dirty) attempt.events.close();
    this.#dirty.clear();
  }

  #checkOpen(attempt: Attempt): void {
    const { refusal } = attempt.events;
    if (refusal !== undefined) throw refusal;
    attempt.ended.throwIfAborted();
  }

  #touch(attempt: Attempt, urgent: boolean): void {
    this.#dirty.add(attempt);
    this.#urgent ||= urgent;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#sending || this.#dirty.size === 0) return;
    if (this.#urgent) {
      this.#sending = true;
      clearTimeout(this.#timer);
      this.#timer = undefined;
      // A microtask later, so that what is output in one go leaves in one call.
      queueMicrotask(() => void this.#send());
    } else {
      this.#timer ??= setTimeout(() => {
        this.#urgent = true;
        this.#schedule();
      }, LAZY_MS);
    }
  }

  async #send(): Promise<void> {
    this.#urgent = false;
    try {
      await this.#record(this.#gather());
    } catch (error) {
      // Only the end of the session gets here: nobody is left to send to.
      this.#logger.debug({ err: error }, "events were not sent");
      this.stop();
    }
    for (const attempt of this.#dirty) if (!attempt.events.isDirty) this.#dirty.delete(attempt);
    this.#sending = false;
    this.#schedule();
  }

  /** What fits into one call. What stays behind makes the next call an urgent one. */
  #gather(): Part[] {
    const parts: Part[] = [];
    let [events, bytes] = [0, 0];
    for (const attempt of this.#dirty) {
      if (parts.length >= MAX_ATTEMPTS || events >= MAX_EVENTS || bytes >= MAX_BYTES) {
        this.#urgent = true;
        break;
      }
      const slice = attempt.events.slice(MAX_EVENTS - events, MAX_BYTES - bytes);
      if (slice.events.length + slice.firstIndex <= attempt.events.count) this.#urgent = true;
      events += slice.events.length;
      bytes += slice.bytes;
      parts.push({ attempt, slice });
    }
    return parts;
  }

  /** Repeats until recorded. A refusal is narrowed down to the attempt that it is meant for. */
  async #record(parts: readonly Part[]): Promise<void> {
    if (parts.length === 0) return;
    try {
      await this.#session.recordEvents(parts.map(({ attempt, slice }) => message(attempt, slice)));
      for (const { attempt, slice } of parts) attempt.events.acknowledge(slice);
    } catch (thrown) {
      const error = QTasksError.from(thrown);
      if (!isRefusal(error)) throw error;
      if (parts.length === 1) this.#refuse(parts[0]!.attempt, error);
      else for (const part of parts) await this.#record([part]);
    }
  }

  #refuse(attempt: Attempt, error: QTasksError): void {
    attempt.events.refuse(error);
    this.#logger.warn(
      { err: error, taskId: attempt.leased.taskId, task: attempt.spec.name },
      "the server refuses events of an attempt",
    );
  }
}

function message(attempt: Attempt, slice: EventSlice) {
  return {
    leaseToken: attempt.leased.leaseToken,
    firstIndex: BigInt(slice.firstIndex),
    events: slice.events,
    progress: slice.progress,
  };
}
