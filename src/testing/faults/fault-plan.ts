/** What shall go wrong with a component's calls, and what became of them. */
import { setTimeout as sleep } from "node:timers/promises";
import type { CallName, ComponentCall } from "./around-calls.ts";
import { outOfReach } from "./out-of-reach.ts";
import { resolveFault, type FaultOptions, type ResolvedFault } from "./fault-options.ts";

/** A call that a component was asked for. */
export interface RecordedCall {
  readonly part: ComponentCall["part"];
  readonly method: CallName;
  readonly params: unknown;
  /** It went through to the real component and took effect there, whether its answer came back or not. */
  readonly reached: boolean;
  /** What the caller got instead of the answer; undefined where it got the answer, or waits for it still. */
  readonly error: unknown;
}

/** A fault that was planned. */
export interface PlannedFault {
  /** Calls that it hit. */
  readonly hits: number;
  /** Ends it: calls go through again. Idempotent. */
  lift(): void;
}

interface Active extends ResolvedFault {
  hits: number;
}

/**
 * Faults for any number of components that are wrapped with `faulty(component, plan)`:
 *
 *     const faults = new FaultPlan();
 *     const storage = faulty(new MemoryStorage(), faults);
 *     faults.fail({ methods: ["write"], when: "after", times: 1 });   // one write is made, and its answer is lost
 *     const outage = faults.fail();                                   // from now on nothing gets through
 *     outage.lift();
 *
 * Of several faults that fit a call, the one that was planned last is taken.
 */
export class FaultPlan {
  readonly #active = new Set<Active>();
  #calls: RecordedCall[] = [];

  /** Every call so far, in the order in which they were made, or since {@link clear}. */
  get calls(): readonly RecordedCall[] {
    return this.#calls;
  }

  /** Calls of one method. */
  callsOf(method: CallName): readonly RecordedCall[] {
    return this.#calls.filter((call) => call.method === method);
  }

  /**
   * From now on calls fail as if the datastore were out of reach. CONFIG_INVALID for options that make no sense, naming
   * them.
   */
  fail(options: FaultOptions = {}): PlannedFault {
    return this.#plan(resolveFault(options, outOfReach));
  }

  /** From now on calls take `ms` longer, in real time; they work as ever. CONFIG_INVALID as {@link fail}. */
  delay(ms: number, options: Omit<FaultOptions, "error" | "delayMs"> = {}): PlannedFault {
    return this.#plan(resolveFault({ ...options, delayMs: ms }, undefined));
  }

  /** Lifts every fault and forgets the calls. */
  clear(): void {
    this.#active.clear();
    this.#calls = [];
  }

  /** @internal A call on its way: through, late, or not at all. */
  async pass(call: ComponentCall): Promise<unknown> {
    const { part, method, params } = call;
    const record = { part, method, params, reached: false, error: undefined as unknown };
    this.#calls.push(record);
    const fault = this.#take(call);
    try {
      if (fault?.when === "before") await strike(fault, call);
      const answer = await call.make();
      record.reached = true;
      if (fault?.when === "after") await strike(fault, call);
      return answer;
    } catch (error) {
      record.error = error;
      throw error;
    }
  }

  #plan(fault: ResolvedFault): PlannedFault {
    const active: Active = { ...fault, hits: 0 };
    this.#active.add(active);
    return {
      get hits() {
        return active.hits;
      },
      lift: () => void this.#active.delete(active),
    };
  }

  #take(call: ComponentCall): Active | undefined {
    const fault = [...this.#active].findLast((each) => each.fits(call));
    if (fault === undefined) return undefined;
    fault.hits += 1;
    if (fault.hits >= fault.times) this.#active.delete(fault);
    return fault;
  }
}

async function strike({ delayMs, error }: Active, call: ComponentCall): Promise<void> {
  if (delayMs > 0) await sleep(delayMs);
  if (error !== undefined) throw error(call);
}
