/** The components of one server, as a scenario wants them: every call made twice, faults, a crash. */
import { faulty, type Fault, type Step } from "../../../src/testing/faults/faulty.ts";
import type { Parts } from "../backend/places.ts";
import { doubled } from "./doubled.ts";

/** What a call gets from a server that has crashed: it reaches no datastore any more. */
class Crashed extends Error {
  constructor({ part, method }: Step) {
    super(`${part}.${method}: the server has crashed, as the test asks for`);
  }
}

/** A server's process, which may end at any step. */
export class Life {
  readonly over: Promise<void>;
  #isOver = false;
  #end: () => void = () => undefined;

  constructor() {
    this.over = new Promise((resolve) => (this.#end = resolve));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  end(): void {
    this.#isOver = true;
    this.#end();
  }

  /** Lets no call through once the life is over, and no answer. */
  readonly guard = (step: Step): void => {
    if (this.#isOver) throw new Crashed(step);
  };
}

/** The parts with all of it around them. */
export function wrapParts(parts: Parts, life: Life, fault: Fault): Parts {
  const both: Fault = (step) => {
    life.guard(step);
    const held = fault(step);
    life.guard(step);
    return held;
  };
  if ("joint" in parts) return { joint: faulty(doubled(parts.joint), both) };
  return {
    storage: faulty(doubled(parts.storage), both),
    broker: faulty(doubled(parts.broker), both),
  };
}
