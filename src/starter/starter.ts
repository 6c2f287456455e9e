/** The order in which components start and stop. It knows nothing of what they are. */
import { Lifecycle } from "./lifecycle.ts";

/** Anything that starts and stops. Both are idempotent; stop works before start. */
export interface Component {
  /** For errors and logs. */
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Failures of several components at their stop. */
export class StopError extends AggregateError {
  override readonly name = "StopError";
}

/**
 * Starts components in order and stops them in reverse, so that each can use those before it as long as
 * it runs. May be started again after a stop.
 */
export class Starter implements Component {
  readonly name = "starter";
  readonly #components: readonly Component[];
  readonly #started: Component[] = [];
  /** Whose start is under way. */
  #starting: Component | undefined;
  readonly #life = new Lifecycle();

  constructor(components: readonly Component[]) {
    this.#components = components;
  }

  /**
   * Starts all. When one fails, those that started are stopped; rejects with the cause. Rejects, too, where a stop comes
   * in between: that stops them.
   */
  start(): Promise<void> {
    return this.#life.start(() => this.#start());
  }

  /** Stops what was started, all of it even if some fail; then rejects with a {@link StopError}. */
  stop(): Promise<void> {
    return this.#life.stop((starting) => this.#stop(starting));
  }

  async #start(): Promise<void> {
    try {
      for (const component of this.#components.slice(this.#started.length)) {
        if (this.#life.isStopping) return;
        this.#starting = component;
        await component.start();
        this.#started.push(component);
      }
    } catch (error) {
      if (!this.#life.isStopping) await stopAll([...this.#started.splice(0), this.#starting!]);
      throw error;
    } finally {
      this.#starting = undefined;
    }
  }

  async #stop(starting: Promise<void>): Promise<void> {
    // One that waits for something in its start ends by this. If it comes up all the same, it goes with the others.
    const errors = this.#starting === undefined ? [] : await stopAll([this.#starting]);
    await starting;
    errors.push(...(await stopAll(this.#started.splice(0))));
    if (errors.length > 0) throw new StopError(errors, "not everything stopped cleanly");
  }
}

/** In reverse. Returns the errors of those that did not stop cleanly. */
async function stopAll(components: readonly Component[]): Promise<Error[]> {
  const errors: Error[] = [];
  for (const component of components.toReversed()) {
    try {
      await component.stop();
    } catch (cause) {
      errors.push(new Error(`${component.name} did not stop cleanly`, { cause }));
    }
  }
  return errors;
}
