import type {
  Broker,
  BrokerNotice,
  Deferred,
  Held,
  Message,
  Taken,
  TakeParams,
} from "../../broker/broker.ts";
import { systemClock, type Clock } from "../../core/clock.ts";
import { gatherWork } from "../../core/gather-work.ts";
import { nonce } from "../../core/ids.ts";
import { Feed } from "./feed.ts";
import { Messages } from "./messages.ts";

export interface MemoryBrokerOptions {
  /** @default the machine's clock */
  readonly clock?: Clock | undefined;
}

/** A broker whose messages are gone with the process; the model that the others are held to. */
export class MemoryBroker implements Broker {
  readonly capabilities = { distributed: false };
  readonly brokerId = nonce();
  readonly #epoch = nonce();
  readonly #clock: Clock;
  readonly #messages = new Messages();
  readonly #feed = new Feed<BrokerNotice>();
  #keyspaceId: string | undefined;

  constructor(options: MemoryBrokerOptions = {}) {
    this.#clock = options.clock ?? systemClock;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  async ping(): Promise<void> {}

  async epoch(): Promise<string> {
    return this.#epoch;
  }

  async bind(params: { readonly keyspaceId: string }): Promise<{ readonly keyspaceId: string }> {
    this.#keyspaceId ??= params.keyspaceId;
    return { keyspaceId: this.#keyspaceId };
  }

  async publish(params: { readonly messages: readonly Message[] }): Promise<void> {
    const now = this.#clock.monotonic();
    this.#tell(params.messages.filter((message) => this.#messages.publish(message, now)));
  }

  async take(params: TakeParams): Promise<Taken> {
    return this.#messages.take(params, this.#clock.monotonic());
  }

  async settle(params: { readonly items: readonly Held[] }): Promise<void> {
    for (const item of params.items) this.#messages.settle(item);
  }

  async defer(params: { readonly items: readonly Deferred[] }): Promise<void> {
    const now = this.#clock.monotonic();
    this.#tell(params.items.flatMap((item) => this.#messages.defer(item, now) ?? []));
  }

  subscribe(listener: (notice: BrokerNotice) => void): () => void {
    return this.#feed.subscribe(listener);
  }

  #tell(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    const work = gatherWork(messages, (message) => message.delayMs);
    this.#feed.publish({
      kind: "work",
      work: work.map(({ at, ...rest }) => ({ ...rest, delayMs: at })),
    });
  }
}
