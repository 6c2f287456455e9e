/** What was broken, and when. */
import type { Affected, InjectionEvent } from "./event.ts";

export interface Injection extends Omit<InjectionEvent, "type"> {
  /** When all was well again; Infinity: never. */
  endedAt: number;
  mendAt: number;
}

/** Questions about the injections of a run. Times are those of the log's clock. */
export class Injections {
  readonly all: readonly Injection[];

  constructor(all: readonly Injection[]) {
    this.all = all.toSorted((a, b) => a.at - b.at);
  }

  /** One that affects any of these (all: anything) lay, at least in part, between the two times. */
  overlap(from: number, to: number, affects?: readonly Affected[]): boolean {
    return this.all.some(
      (injection) => injection.at <= to && injection.endedAt >= from && hits(injection, affects),
    );
  }

  /**
   * How much of the time between the two was calm, in ms: nothing that affects any of these was broken, nor had
   * been until less than `graceMs` ago.
   */
  calmMs(from: number, to: number, affects: readonly Affected[], graceMs: number): number {
    let calmMs = 0;
    let calmFrom = from;
    for (const injection of this.all) {
      if (injection.at >= to) break;
      if (!hits(injection, affects)) continue;
      calmMs += Math.max(0, injection.at - calmFrom);
      calmFrom = Math.max(calmFrom, injection.endedAt + graceMs);
    }
    return calmMs + Math.max(0, to - calmFrom);
  }

  /** When what was under way between the two times can't be held up any longer by something broken. */
  settledAfter(from: number, to: number): number {
    let until = to;
    for (const injection of this.all) {
      if (injection.at > until) break;
      if (injection.endedAt >= from) until = Math.max(until, injection.endedAt);
    }
    return until;
  }

  /** A clock jumped at some time in the run: times of servers say nothing about the log's. */
  get clockJumps(): boolean {
    return this.all.some(({ affects }) => affects.includes("clock"));
  }

  /** How much more than the time between the two a server's clock may have gone on by, in ms. */
  aheadMs(from: number, to: number): number {
    let sum = 0;
    for (const { at, endedAt, jumpMs = 0 } of this.all)
      if (at <= to && endedAt >= from) sum += Math.abs(jumpMs);
    return sum;
  }
}

function hits(injection: Injection, affects: readonly Affected[] | undefined): boolean {
  return affects === undefined || injection.affects.some((one) => affects.includes(one));
}
