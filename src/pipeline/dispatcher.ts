/**
 * Hands tasks out to polls. A poll that finds nothing is parked; work that arrives wakes as many parked
 * polls as it fills, first come, first served, and a taker that leaves work wakes the next one.
 *
 * Polls with the same names and queues, in whatever order, form a group: they compete for the same tasks. A notice
 * that comes between a poll's empty answer and its parking is noticed by the group's version.
 */
import type { Logger } from "pino";
import { systemClock, type Timer, type TimerClock } from "../core/clock.ts";
import { MAX_TIMER_MS } from "../core/max-timer.ts";
import { nonce } from "../core/ids.ts";
import type { TaskRecord } from "../core/record.ts";
import type { Offer } from "../storage/joint.ts";
import type { Work } from "../storage/storage.ts";
import type { Ask } from "./ask.ts";
import type { Backend } from "./backend.ts";
import { repeat } from "./repeat.ts";

interface Parked {
  readonly credit: number;
  readonly wake: () => void;
}

interface Group {
  readonly names: ReadonlySet<string>;
  readonly queues: readonly string[];
  readonly parked: Set<Parked>;
  /** Grows with each notice of work for the group. */
  version: number;
  /** At this version nothing was left, which is believed until then (monotonic). */
  empty: { readonly version: number; readonly until: number };
  /** Earliest time at which waiting work of the group becomes due; 0: none is known. */
  nextDueAt: number;
  /** Polls that use the group now, parked or not. */
  users: number;
}

/**
 * For so long, in ms, a poll that comes after the last task was handed out is parked without asking the
 * backend again: a worker polls anew each time it got a task, and only a notice would make a difference.
 */
const KNOWN_EMPTY_MS = 1_000;

export class Dispatcher {
  readonly #backend: Backend;
  readonly #isPaused: (queue: string) => boolean;
  readonly #logger: Logger;
  readonly #clock: TimerClock;
  readonly #groups = new Map<string, Group>();
  #timer: Timer | undefined;
  #timerAt = Infinity;
  #unsubscribe: (() => void) | undefined;

  /** `clock` is what it waits by until delayed work is due. @default the machine's clock */
  constructor(
    backend: Backend,
    isPaused: (queue: string) => boolean,
    logger: Logger,
    clock: TimerClock = systemClock,
  ) {
    this.#clock = clock;
    this.#backend = backend;
    this.#isPaused = isPaused;
    this.#logger = logger;
  }

  start(): void {
    this.#unsubscribe ??= this.#backend.onWork((work) => this.#hear(work));
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#clock.clearTimer(this.#timer);
    this.#timerAt = Infinity;
  }

  /** Polls that wait. */
  get parkedCount(): number {
    let count = 0;
    for (const group of this.#groups.values()) count += group.parked.size;
    return count;
  }

  /** Started attempts for the poll: at least one, or none once the wait is over or the signal aborts. */
  async handOut(ask: Ask): Promise<readonly TaskRecord[]> {
    const key = JSON.stringify([ask.names, ask.queues]);
    const group = this.#join(key, ask);
    try {
      return await this.#tryUntil(ask, group, performance.now() + ask.waitMs);
    } finally {
      group.users--;
      if (group.users === 0) this.#groups.delete(key);
    }
  }

  /** A pause ended, or notices may be missing: every group looks again, one poll at a time. */
  wakeAll(): void {
    for (const group of this.#groups.values()) this.#wake(group, 1);
  }

  #join(key: string, ask: Ask): Group {
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = {
        names: new Set(ask.names),
        queues: ask.queues,
        parked: new Set(),
        version: 0,
        empty: { version: -1, until: 0 },
        nextDueAt: 0,
        users: 0,
      };
      this.#groups.set(key, group);
    }
    group.users++;
    return group;
  }

  async #tryUntil(ask: Ask, group: Group, until: number): Promise<readonly TaskRecord[]> {
    while (!ask.signal.aborted) {
      const { version } = group;
      if (!isKnownEmpty(group)) {
        const records = await this.#take(ask, group);
        if (records.length > 0) return records;
        if (group.version !== version) continue;
      }
      const leftMs = until - performance.now();
      // An abort during the take has fired already: no listener of the park would hear it.
      if (ask.signal.aborted) break;
      if (leftMs <= 0 || !(await this.#park(ask, group, leftMs))) return [];
    }
    // Whoever was woken and has gone since leaves the work to the next one.
    this.#wake(group, 1);
    return [];
  }

  async #take(ask: Ask, group: Group): Promise<readonly TaskRecord[]> {
    const offers = this.#offers(ask);
    if (offers.length === 0) return [];
    // One nonce over all tries: a repeat after a lost answer finds the tasks that the first try took.
    const call = { ...ask, offers, nonce: nonce() };
    const { version } = group;
    const handed = await repeat(() => this.#backend.handOut(call));
    if (!handed.more) group.empty = { version, until: performance.now() + KNOWN_EMPTY_MS };
    const last = handed.records.at(-1);
    if (last !== undefined) ask.turn.lastQueue = last.queue;
    this.#due(group, handed.nextDueAt);
    if (handed.more) this.#wake(group, 1);
    return handed.records;
  }

  /** The queues that are not paused, in the order that the poll names or in turn. */
  #offers(ask: Ask): Offer[] {
    return (ask.order ?? inTurn(ask))
      .filter((queue) => !this.#isPaused(queue))
      .map((queue) => ({ queue, names: ask.names }));
  }

  /** Resolves true when it is worth trying again, false when the wait is over. */
  #park(ask: Ask, group: Group, leftMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (again: boolean): void => {
        clearTimeout(timer);
        ask.signal.removeEventListener("abort", giveUp);
        group.parked.delete(parked);
        resolve(again);
      };
      const giveUp = (): void => end(false);
      const parked: Parked = { credit: ask.max, wake: () => end(true) };
      const timer = setTimeout(giveUp, Math.min(MAX_TIMER_MS, leftMs));
      ask.signal.addEventListener("abort", giveUp, { once: true });
      group.parked.add(parked);
      this.#due(group, group.nextDueAt);
    });
  }

  /** True where a poll may take some of it now. */
  #hear(work: readonly Work[] | undefined): boolean {
    let isWanted = false;
    if (work === undefined) this.wakeAll();
    else for (const item of work) if (this.#arrived(item)) isWanted = true;
    return isWanted;
  }

  /** True where a poll that is here, parked or not, may take it. The end of a pause wakes all by itself. */
  #arrived(work: Work): boolean {
    if (this.#isPaused(work.queue)) return false;
    const now = this.#backend.storage.now();
    let isWanted = false;
    for (const group of this.#groups.values()) {
      if (!group.names.has(work.name) || !group.queues.includes(work.queue)) continue;
      isWanted = true;
      if (work.dueAt > now) this.#due(group, work.dueAt);
      else this.#wake(group, work.count);
    }
    return isWanted;
  }

  /** Wakes polls, the longest parked first, until their credit covers `count` tasks. */
  #wake(group: Group, count: number): void {
    group.version++;
    let left = count;
    for (const parked of group.parked) {
      if (left <= 0) break;
      left -= parked.credit;
      parked.wake();
    }
  }

  #due(group: Group, at: number): void {
    if (at === 0) return;
    group.nextDueAt = group.nextDueAt === 0 ? at : Math.min(group.nextDueAt, at);
    if (group.nextDueAt >= this.#timerAt) return;
    this.#arm(group.nextDueAt);
  }

  #arm(at: number): void {
    this.#timerAt = at;
    this.#clock.clearTimer(this.#timer);
    const waitMs = Math.max(0, at - this.#backend.storage.now());
    this.#timer = this.#clock.setTimer(() => this.#ring(), Math.min(MAX_TIMER_MS, waitMs));
    this.#timer.unref();
  }

  #ring(): void {
    this.#timerAt = Infinity;
    const now = this.#backend.storage.now();
    let next = Infinity;
    for (const group of this.#groups.values()) {
      if (group.nextDueAt === 0) continue;
      if (group.nextDueAt > now) next = Math.min(next, group.nextDueAt);
      else {
        group.nextDueAt = 0;
        this.#wake(group, 1);
      }
    }
    if (next !== Infinity) this.#arm(next);
    this.#logger.trace({ next }, "waiting work became due");
  }
}

/** The queues, starting after the one that gave last. */
function inTurn({ queues, turn }: Ask): readonly string[] {
  const from = queues.indexOf(turn.lastQueue) + 1;
  return [...queues.slice(from), ...queues.slice(0, from)];
}

function isKnownEmpty({ empty, version }: Group): boolean {
  return empty.version === version && performance.now() < empty.until;
}
