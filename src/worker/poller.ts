/** Keeps polls parked at the server while there are free slots. */
import type { Logger } from "pino";
import { QTasksError } from "../core/errors.ts";
import { pause, pauseMs } from "./backoff.ts";
import type { Runner } from "./runner.ts";
import type { Session } from "./session.ts";

/**
 * Polls parked at once. The first brings word of leases even while no slot is free; slots that become free
 * are offered by the next ones, and those that become free when all are parked by the one that follows.
 */
const MAX_PARKED = 3;
/**
 * One poll offers half of the slots at most, or so many where half is fewer: the server hands out to one half while
 * it records the outcomes of the other. Polls of a few slots would cost more than waiting does.
 */
const MIN_SHARE = 200;
/** Longest wait of a poll, in ms; the server may want less. */
const WAIT_MS = 30_000;
/** An empty answer sooner than this, in ms, counts as a failure, so that no server is asked in a tight loop. */
const HASTY_MS = 25;

export class Poller {
  readonly #session: Session;
  readonly #runner: Runner;
  readonly #logger: Logger;
  readonly #share: number;
  readonly #closed = new AbortController();
  readonly #parked = new Set<{ readonly credit: number }>();
  #draining = false;
  #held = false;
  #failures = 0;
  #pausing = false;
  #waking = false;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(session: Session, runner: Runner, logger: Logger) {
    this.#session = session;
    this.#runner = runner;
    this.#logger = logger;
    this.#share = Math.max(MIN_SHARE, Math.ceil(runner.slots / 2));
  }

  /** Opens polls for slots that no parked poll offers. */
  wake(): void {
    if (this.#draining || this.#held || this.#pausing) return;
    while (this.#parked.size < MAX_PARKED) {
      const credit = Math.min(this.#share, this.#runner.freeSlots - this.#offered());
      if (credit <= 0 && this.#parked.size > 0) return;
      void this.#poll(Math.max(0, credit));
    }
  }

  /** As {@link wake}, once for all slots that become free in this turn of the loop: one poll offers them together. */
  wakeSoon(): void {
    if (this.#waking || this.#draining) return;
    this.#waking = true;
    setImmediate(() => {
      this.#waking = false;
      this.wake();
    });
  }

  /** No new poll for so long: the server is going away. */
  async pause(ms: number): Promise<void> {
    if (this.#pausing) return;
    this.#pausing = true;
    await pause(ms, this.#closed.signal).catch(() => undefined);
    this.#pausing = false;
    this.wake();
  }

  /** No new polls until {@link release}; those that are parked go on. */
  hold(): void {
    this.#held = true;
  }

  /** Polls again. */
  release(): void {
    this.#held = false;
    this.wake();
  }

  /** No new polls; resolves when those that are parked have answered. */
  async drain(): Promise<void> {
    this.#draining = true;
    if (this.#parked.size === 0) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }

  /** Ends what is parked. What the server hands out at this moment comes back undelivered. */
  close(): void {
    this.#draining = true;
    this.#closed.abort(new QTasksError("CALL_CANCELED", "the worker stopped"));
  }

  #offered(): number {
    let offered = 0;
    for (const { credit } of this.#parked) offered += credit;
    return offered;
  }

  async #poll(credit: number): Promise<void> {
    const parked = { credit };
    this.#parked.add(parked);
    let pauseFor = 0;
    try {
      pauseFor = await this.#ask(credit);
    } catch (thrown) {
      pauseFor = this.#failed(QTasksError.from(thrown));
    } finally {
      this.#parked.delete(parked);
    }
    if (this.#parked.size === 0) this.#idle?.resolve();
    if (pauseFor > 0) await this.pause(pauseFor);
    else this.wake();
  }

  /** Takes what a poll brings; how long to wait before the next one. */
  async #ask(credit: number): Promise<number> {
    const startedAt = performance.now();
    const response = await this.#session.poll(credit, WAIT_MS, this.#closed.signal);
    for (const leased of response.tasks) this.#runner.take(leased);
    await this.#session.ready();
    const isHasty = performance.now() - startedAt < HASTY_MS;
    if (isHasty && response.tasks.length === 0 && response.leaseStatuses.length === 0)
      return pauseMs(++this.#failures);
    this.#failures = 0;
    return 0;
  }

  #failed(err: QTasksError): number {
    if (this.#draining) return 0;
    const level = ++this.#failures === 1 ? "warn" : "debug";
    this.#logger[level]({ err, failures: this.#failures }, "a poll failed; trying again");
    return err.retryAfterMs ?? pauseMs(this.#failures);
  }
}
