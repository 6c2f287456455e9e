import type { Logger } from "pino";
import type {
  Broker,
  BrokerNotice,
  Deferred,
  Held,
  Message,
  Taken,
  TakeParams,
} from "../../broker/broker.ts";
import type { Clock } from "../../core/clock.ts";
import { QTasksError } from "../../core/errors.ts";
import { gatherWork } from "../../core/gather-work.ts";
import type { BrokerCalls, BrokerFacts } from "./broker-engine/broker-calls.ts";
import { Feed } from "./feed.ts";
import { MonotoneClock } from "./monotone-clock.ts";
import { EngineThread } from "./thread/engine-thread.ts";

export interface SqliteBrokerOptions {
  /** The file, apart from any storage's; made where there is none, in a folder that exists. */
  readonly path: string;
  /** For tests. @default the machine's clock */
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
}

/** A broker in a SQLite file of its own, for one server and a storage of any kind. */
export class SqliteBroker implements Broker {
  readonly capabilities = { distributed: false };
  readonly #feed: Feed<BrokerNotice>;
  readonly #thread: EngineThread<BrokerCalls, BrokerFacts>;
  readonly #clock: MonotoneClock;
  #brokerId: string | undefined;

  constructor({ path, clock, logger }: SqliteBrokerOptions) {
    this.#clock = new MonotoneClock(clock);
    this.#feed = new Feed((err) => logger?.error({ err }, "a listener of the broker threw"));
    this.#thread = new EngineThread({
      engine: "broker",
      path,
      maxLogs: 0,
      unavailable: "BROKER_UNAVAILABLE",
      clock: this.#clock,
      onOpened: (facts) => this.#opened(facts),
      onWarning: (warning) => logger?.warn({ path }, warning),
    });
  }

  get brokerId(): string {
    if (this.#brokerId === undefined)
      throw new QTasksError("INTERNAL", "the broker has not been started");
    return this.#brokerId;
  }

  start(): Promise<void> {
    return this.#thread.start();
  }

  stop(): Promise<void> {
    return this.#thread.stop();
  }

  ping(): Promise<void> {
    return this.#thread.call("ping", undefined);
  }

  epoch(): Promise<string> {
    return this.#thread.call("epoch", undefined);
  }

  bind(params: { readonly keyspaceId: string }): Promise<{ readonly keyspaceId: string }> {
    return this.#thread.call("bind", params);
  }

  async publish(params: { readonly messages: readonly Message[] }): Promise<void> {
    await this.#thread.call("publish", params, (news) =>
      this.#tell(params.messages.filter((_, at) => news[at])),
    );
  }

  take(params: TakeParams): Promise<Taken> {
    return this.#thread.call("take", params);
  }

  settle(params: { readonly items: readonly Held[] }): Promise<void> {
    return this.#thread.call("settle", params);
  }

  async defer(params: { readonly items: readonly Deferred[] }): Promise<void> {
    await this.#thread.call("defer", params, (messages) => this.#tell(messages));
  }

  subscribe(listener: (notice: BrokerNotice) => void): () => void {
    return this.#feed.subscribe(listener);
  }

  #opened({ brokerId, now }: BrokerFacts): void {
    this.#brokerId = brokerId;
    this.#clock.advanceTo(now);
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
