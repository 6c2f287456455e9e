import type {
  BrokerCalls,
  BrokerFacts,
} from "../../src/backends/sqlite/broker-engine/broker-calls.ts";
import { Feed } from "../../src/backends/sqlite/feed.ts";
import type {
  Broker,
  BrokerNotice,
  Deferred,
  Held,
  Message,
  TakeParams,
} from "../../src/broker/broker.ts";
import type { Clock } from "../../src/core/clock.ts";
import { gatherWork } from "../../src/core/gather-work.ts";
import { DirectEngine } from "./direct-engine.ts";

type Engine = DirectEngine<BrokerCalls, BrokerFacts>;

/** SQLite's broker with its engine in this thread and its file in memory. */
export class DirectBroker implements Broker {
  readonly capabilities = { distributed: false };
  readonly engine: Engine;
  readonly #feed = new Feed<BrokerNotice>((thrown) => process.emitWarning(String(thrown)));

  static async open(clock: Clock): Promise<DirectBroker> {
    return new DirectBroker(await DirectEngine.open({ engine: "broker", clock, maxLogs: 0 }));
  }

  private constructor(engine: Engine) {
    this.engine = engine;
  }

  get brokerId(): string {
    return this.engine.facts.brokerId;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  async ping(): Promise<void> {}

  epoch(): Promise<string> {
    return this.engine.call("epoch", undefined);
  }

  bind(params: { readonly keyspaceId: string }) {
    return this.engine.call("bind", params);
  }

  async publish({ messages }: { readonly messages: readonly Message[] }): Promise<void> {
    await this.engine.call("publish", { messages }, (news) =>
      this.#tell(messages.filter((_, at) => news[at])),
    );
  }

  take(params: TakeParams) {
    return this.engine.call("take", params);
  }

  settle(params: { readonly items: readonly Held[] }) {
    return this.engine.call("settle", params);
  }

  async defer(params: { readonly items: readonly Deferred[] }): Promise<void> {
    await this.engine.call("defer", params, (messages) => this.#tell(messages));
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
