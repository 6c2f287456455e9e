/** The order in which components start and stop. It knows nothing of what they are. */

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
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(components: readonly Component[]) {
    this.#components = components;
  }

  /**
   * Starts all. When one fails, those that started are stopped; rejects with the cause. Where a stop comes in between,
   * that stops them: this one settles all the same, and resolves unless what was starting failed by it.
   */
  start(): Promise<void> {
    if (this.#stopping !== undefined) return this.#stopping.then(() => this.start());
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Stops what was started, all of it even if some fail; then rejects with a {@link StopError}. */
  stop(): Promise<void> {
    if (this.#starting === undefined) return Promise.resolve();
    this.#stopping ??= this.#stop().finally(() => {
      this.#starting = undefined;
      this.#stopping = undefined;
    });
    return this.#stopping;
  }

  async #start(): Promise<void> {
    try {
      for (const component of this.#components) {
        if (this.#stopping !== undefined) return;
        // Noted before it is up, so that a stop reaches one that waits for something in its start.
        this.#started.push(component);
        await component.start();
      }
    } catch (error) {
      if (this.#stopping !== undefined) throw error;
      await this.#stopStarted().catch(() => undefined);
      this.#starting = undefined;
      throw error;
    }
  }

  async #stop(): Promise<void> {
    const starting = this.#starting;
    await this.#stopStarted();
    // What was starting meanwhile has either failed by the stop or is up and must go as well.
    await starting?.catch(() => undefined);
    await this.#stopStarted();
  }

  async #stopStarted(): Promise<void> {
    const errors: unknown[] = [];
    for (let component = this.#started.pop(); component; component = this.#started.pop()) {
      try {
        await component.stop();
      } catch (cause) {
        errors.push(new Error(`${component.name} did not stop cleanly`, { cause }));
      }
    }
    if (errors.length > 0) throw new StopError(errors, "not everything stopped cleanly");
  }
}
