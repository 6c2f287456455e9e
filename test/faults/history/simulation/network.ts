/** Virtual time, and calls that get lost on the way there, on the way back, or come late. */
import type { Answer } from "../answer.ts";
import type { Call } from "../call.ts";
import type { Random } from "../../random.ts";
import { clock, type Script } from "../script.ts";

/** While it lasts, no server reaches its backend. From the start of the script. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

/** Answers once, now or later; a string is the reason of a refusal. */
export type Respond = (answer: Answer | string) => void;

export interface Exchange {
  readonly by: string;
  readonly request: Call;
  /** What the server does, at the moment when the call reaches it. */
  readonly effect: (now: number, respond: Respond) => void;
  /** The caller goes on: with the answer, or undefined where none will come. */
  readonly heard?: (answer: Answer | string | undefined) => void;
}

export interface NetworkOptions {
  readonly random: Random;
  readonly script: Script;
  readonly outages: readonly Outage[];
  /** Share of calls that something happens to. */
  readonly lossRate: number;
}

const LOST = "SERVER_UNREACHABLE";

export class Network {
  readonly #options: NetworkOptions;
  readonly #queue: { readonly at: number; readonly run: () => void }[] = [];
  #now = 0;
  #calls = 0;
  isLossy = true;

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  get now(): number {
    return this.#now;
  }

  /** Runs it at that time, from the start of the script. */
  at(at: number, run: () => void): void {
    const queue = this.#queue;
    let place = queue.length;
    while (place > 0 && queue[place - 1]!.at > at) place--;
    queue.splice(place, 0, { at, run });
  }

  after(ms: number, run: () => void): void {
    this.at(this.#now + ms, run);
  }

  /** Until nothing is left to do, or it is over. */
  run(isOver: () => boolean): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#now = next.at;
      next.run();
      if (isOver()) return;
    }
  }

  /** The outage that lasts at that time. */
  outageAt(at: number): Outage | undefined {
    return this.#options.outages.find(({ from, to }) => from <= at && at <= to);
  }

  /** Notes the call, lets it happen or not, and notes what the caller hears of it. */
  exchange({ by, request, effect, heard }: Exchange): void {
    const { random, script } = this.#options;
    const call = ++this.#calls;
    script.event(by, { type: "call", at: this.#now, call, request });
    let isOver = false;
    const hear = (answer: Answer | string | undefined): void => {
      if (isOver) return;
      isOver = true;
      const at = this.#now;
      if (typeof answer === "string") script.event(by, { type: "error", at, call, reason: answer });
      else if (answer !== undefined) script.event(by, { type: "answer", at, call, answer });
      heard?.(answer);
    };
    const isHit = this.isLossy && random.chance(this.#options.lossRate);
    const fault = isHit ? random.whole(1, 4) : 0;
    // A process that lives on hears of its awaits by their deadline at the latest.
    const isSilent = request.op !== "await" && random.chance(0.3);
    const lose = (): void => hear(isSilent ? undefined : LOST);
    const reachesAt = this.#now + random.whole(1, 20);
    const outage = this.outageAt(reachesAt);
    // Silence is the end of the caller: it goes on only after an error or an answer.
    if (fault === 1) return this.after(random.whole(50, 300), lose);
    if (outage !== undefined) {
      this.at(outage.to + random.whole(1, 100), () => hear(LOST));
      if (random.chance(0.5)) return;
      return this.at(outage.to + random.whole(1, 100), () => effect(clock(this.#now), () => {}));
    }
    if (fault === 2) this.at(reachesAt + random.whole(0, 100), lose);
    const delayMs = fault === 2 || fault === 3 ? random.whole(0, 800) : 0;
    const arrive = (): void =>
      effect(clock(this.#now), (answer) =>
        this.#answer(answer, hear, fault > 2 ? lose : undefined),
      );
    const arrivesAt = this.#afterOutage(reachesAt + delayMs);
    this.at(arrivesAt, arrive);
  }

  #answer(answer: Answer | string, hear: Respond, lose: (() => void) | undefined): void {
    const at = this.#now + this.#options.random.whole(1, 20);
    if (lose !== undefined) return this.at(at + 50, lose);
    this.at(at, () => (this.outageAt(at) === undefined ? hear(answer) : hear(LOST)));
  }

  #afterOutage(at: number): number {
    const outage = this.outageAt(at);
    return outage === undefined ? at : outage.to + 1;
  }
}
