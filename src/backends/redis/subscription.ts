/** Listens to channels over a connection of its own, and subscribes again whenever that comes back. */
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { close } from "./close.ts";

export interface SubscriptionOptions {
  readonly channels: readonly string[];
  readonly onMessage: (channel: string, text: string) => void;
  readonly logger: Logger | undefined;
}

/** States: inactive → active (subscribed) → inactive (connection lost) → active …, until stopped. */
export class Subscription {
  readonly #client: Redis;
  readonly #options: SubscriptionOptions;
  #isActive = false;

  constructor(client: Redis, options: SubscriptionOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** The channels are subscribed on a live connection. */
  get isActive(): boolean {
    return this.#isActive;
  }

  /** Subscribes on the connected client; `onReturn` is called each time that it is subscribed again. */
  async start(onReturn: () => void): Promise<void> {
    this.#client.on("message", this.#options.onMessage);
    this.#client.on("close", () => (this.#isActive = false));
    this.#client.on("ready", () => {
      this.#subscribe().then(onReturn, (error: unknown) => {
        // The connection broke again, or Redis refuses: another "ready" follows the new connection.
        this.#options.logger?.warn({ error }, "can't subscribe to notices");
        this.#client.disconnect(true);
      });
    });
    await this.#subscribe();
  }

  async stop(): Promise<void> {
    this.#isActive = false;
    await close(this.#client);
  }

  async #subscribe(): Promise<void> {
    await this.#client.subscribe(...this.#options.channels);
    this.#isActive = true;
  }
}
