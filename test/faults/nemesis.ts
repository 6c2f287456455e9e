/** Breaks one thing after the other, sometimes two at once, and waits each time until tasks flow again. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Injection, Scene } from "./faults/fault.ts";
import { Recovery } from "./recovery.ts";

/** One injection, over. */
export interface Injected {
  readonly fault: string;
  readonly target: string;
  /** By the history's clock, ms. */
  readonly startedAt: number;
  /** When tasks flowed again. */
  readonly recoveredAt: number;
  /** From the moment at which all that was broken with it was being mended, ms. */
  readonly recoveryMs: number;
  /** Why it did not come to a good end. */
  readonly stuck?: string | undefined;
}

export interface NemesisOptions {
  readonly scene: Scene;
  readonly faults: readonly Fault[];
  /** Told of each, as it is about to be made. */
  readonly onInjection: (names: readonly string[]) => void;
}

const TWO_AT_ONCE = 0.25;
const CALM_MS = 400;

interface Planned {
  readonly fault: Fault;
  readonly injection: Injection;
}

interface Mended extends Planned {
  readonly startedAt: number;
  readonly mendAt: number;
  readonly failure: string | undefined;
}

export class Nemesis {
  readonly #options: NemesisOptions;
  readonly #recovery: Recovery;
  readonly #injected: Injected[] = [];
  #bag: Fault[] = [];
  #count = 0;

  constructor(options: NemesisOptions) {
    this.#options = options;
    this.#recovery = new Recovery(options.scene);
  }

  get injected(): readonly Injected[] {
    return this.#injected;
  }

  /** Until the time is over; what is broken then is mended first. */
  async run(minutes: number): Promise<void> {
    const endAt = performance.now() + minutes * 60_000;
    while (performance.now() < endAt) {
      const round = this.#plan();
      if (round.length === 0) throw new Error("none of the faults can be made on this site");
      this.#options.onInjection(round.map(({ fault }) => fault.name));
      await this.#round(round);
      await sleep(CALM_MS);
    }
  }

  close(): void {
    this.#recovery.close();
  }

  #plan(): Planned[] {
    const first = this.#next([]);
    if (first === undefined) return [];
    if (!this.#options.scene.random.chance(TWO_AT_ONCE)) return [first];
    const second = this.#next(first.injection.touches);
    return second === undefined ? [first] : [first, second];
  }

  /** Every fault has its turn before one comes again. */
  #next(touched: readonly string[]): Planned | undefined {
    const { scene, faults } = this.#options;
    for (let tries = 0; tries < faults.length; tries++) {
      if (this.#bag.length === 0) this.#bag = scene.random.shuffle(faults);
      const fault = this.#bag.shift()!;
      const injection = fault.plan(scene);
      if (injection === undefined) continue;
      if (!injection.touches.some((name) => touched.includes(name))) return { fault, injection };
      this.#bag.push(fault);
    }
    return undefined;
  }

  async #round(round: readonly Planned[]): Promise<void> {
    const mended = await Promise.all(round.map((planned) => this.#make(planned)));
    const stuck = await this.#recovery.wait();
    const recoveredAt = now();
    const mendedAt = Math.max(...mended.map(({ mendAt }) => mendAt));
    for (const { fault, injection, startedAt, failure } of mended)
      this.#injected.push({
        fault: fault.name,
        target: injection.target,
        startedAt,
        recoveredAt,
        recoveryMs: recoveredAt - mendedAt,
        stuck: failure ?? stuck,
      });
  }

  async #make({ fault, injection }: Planned): Promise<Mended> {
    const { log } = this.#options.scene;
    const id = `${++this.#count}`;
    const { target, affects, outage, jumpMs } = injection;
    const startedAt = now();
    const kind = fault.name;
    log.writeNow({ type: "injection", injection: id, kind, target, affects, outage, jumpMs });
    let failure: string | undefined;
    let mendAt = startedAt;
    try {
      await injection.begin();
      await sleep(injection.lastsMs);
    } catch (thrown) {
      failure = messageOf(thrown);
    }
    try {
      mendAt = now();
      await injection.mend();
    } catch (thrown) {
      failure ??= messageOf(thrown);
    }
    log.writeNow({ type: "injectionEnded", injection: id, mendAt });
    return { fault, injection, startedAt, mendAt, failure };
  }
}

/** As the history has it. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : "no error, but something was thrown";
}
