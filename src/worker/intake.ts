/** Whether a worker takes tasks: what it tells the server, and in which order. */
import type { Logger } from "pino";
import type { Heart } from "./heart.ts";
import type { Poller } from "./poller.ts";
import type { Runner } from "./runner.ts";
import type { Session } from "./session.ts";

export interface IntakeParts {
  readonly session: Session;
  readonly runner: Runner;
  readonly poller: Poller;
  readonly heart: Heart;
  readonly logger: Logger;
}

/** Opens and closes, one after the other: a late word of one must not undo what the other has told. */
export class Intake {
  readonly #parts: IntakeParts;
  #wanted = true;
  #changing: Promise<void> | undefined;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Takes tasks, or none; what runs goes on. Settles when the server knows, or nobody listens any more. */
  setOpen(open: boolean): Promise<void> {
    this.#wanted = open;
    this.#changing ??= this.#change().finally(() => (this.#changing = undefined));
    return this.#changing;
  }

  async #change(): Promise<void> {
    let open: boolean | undefined;
    while (open !== this.#wanted) {
      open = this.#wanted;
      await (open ? this.#open() : this.#close());
    }
  }

  async #close(): Promise<void> {
    const { runner, poller, heart } = this.#parts;
    runner.paused = true;
    poller.hold();
    // The server answers the parked polls, and takes back what it was about to hand out.
    await heart.setPaused(true);
  }

  async #open(): Promise<void> {
    const { session, runner, poller, heart, logger } = this.#parts;
    runner.paused = false;
    await heart.setPaused(false);
    try {
      // A session that was closed opens by registering again.
      await session.register();
    } catch (err) {
      logger.debug({ err }, "the worker was not opened again");
    }
    if (this.#wanted) poller.release();
  }
}
