/** Giving up the values of a scope: the latest first, each told how its attempt ends. */
import type { Logger } from "pino";
import { within } from "../../core/within.ts";
import { isThenable } from "../../worker/executor.ts";
import type { AttemptEnd } from "./attempt-end.ts";
import type { AnyDependency } from "./dependency.ts";

export interface Made {
  readonly dependency: AnyDependency;
  readonly value: unknown;
}

export interface DisposalParts {
  readonly logger: Logger;
  /** Longest that one is waited for, in ms. */
  readonly timeoutMs: number;
  /** Of the attempt, in the scope `task`. */
  readonly end?: AttemptEnd | undefined;
  /** For what is logged. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export class Disposal {
  readonly #parts: DisposalParts;
  readonly #made: Made[] = [];

  constructor(parts: DisposalParts) {
    this.#parts = parts;
  }

  add(made: Made): void {
    this.#made.push(made);
  }

  /**
   * Gives up all. Rejects with what fails an attempt that had succeeded until then; what else can't be disposed is
   * logged.
   */
  async run(): Promise<void> {
    let failure: Error | undefined;
    for (let made = this.#made.pop(); made; made = this.#made.pop())
      failure = (await this.#giveUp(made)) ?? failure;
    if (failure !== undefined) throw failure;
  }

  /** Gives up what came too late to be used; a value of a task does not succeed, for this reason. Never rejects. */
  async refuse(made: Made, reason: Error): Promise<void> {
    try {
      await this.#dispose(made, this.#parts.end && reason);
    } catch (thrown) {
      this.#log(thrown, made);
    }
  }

  /** What fails an attempt by it that had succeeded until now. */
  async #giveUp(made: Made): Promise<Error | undefined> {
    const { end } = this.#parts;
    try {
      await this.#dispose(made, end?.error);
    } catch (thrown) {
      if (end !== undefined && end.error === undefined) return end.fail(thrown);
      this.#log(thrown, made);
    }
    return undefined;
  }

  async #dispose({ dependency, value }: Made, error: Error | undefined): Promise<void> {
    const disposing = dependency.dispose(value, { error });
    if (!isThenable(disposing)) return;
    const { timeoutMs } = this.#parts;
    if (await within(timeoutMs, Promise.resolve(disposing))) return;
    throw new Error(`the disposal of ${dependency.name} is not done after ${timeoutMs} ms`);
  }

  #log(err: unknown, { dependency }: Made): void {
    const { logger, facts } = this.#parts;
    const about = { err, dependency: dependency.name, ...facts };
    logger.error(about, "a dependency could not be disposed");
  }
}
