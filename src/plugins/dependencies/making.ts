/** A value on its way: who waits for whom while values are made. */
import { QTasksError } from "../../core/errors.ts";
import type { AnyDependency } from "./dependency.ts";

/** One call of a dependency's `create`. */
export class Making {
  readonly dependency: AnyDependency;
  readonly promise: Promise<unknown>;
  readonly #waitsFor = new Set<Making>();
  #settled = false;

  /** `run` is called soon, when this one is known to all that ask for it. */
  constructor(dependency: AnyDependency, run: (making: Making) => Promise<unknown>) {
    this.dependency = dependency;
    this.promise = this.#run(run);
    // Whoever asked hears of the error; a value that nobody waits for any more must not end the process.
    this.promise.catch(() => undefined);
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** Its `create` asks for the other. CONFIG_INVALID, naming all, where the other waits for this one. */
  waitFor(other: Making): void {
    const way = other.#wayTo(this);
    if (way === undefined) this.#waitsFor.add(other);
    else throw circular([this, ...way]);
  }

  async #run(run: (making: Making) => Promise<unknown>): Promise<unknown> {
    try {
      await Promise.resolve();
      return await run(this);
    } finally {
      this.#settled = true;
      this.#waitsFor.clear();
    }
  }

  #wayTo(target: Making): Making[] | undefined {
    if (this === target) return [this];
    for (const next of this.#waitsFor) {
      const way = next.#wayTo(target);
      if (way !== undefined) return [this, ...way];
    }
    return undefined;
  }
}

function circular(makings: readonly Making[]): QTasksError {
  const names = makings.map(({ dependency }) => dependency.name);
  return new QTasksError(
    "CONFIG_INVALID",
    `dependencies wait for each other: ${names.join(" → ")}`,
  );
}
