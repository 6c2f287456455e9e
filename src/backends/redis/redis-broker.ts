/** A broker on Redis, for pairs in which another storage holds the records. */
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
import { nonce } from "../../core/ids.ts";
import { batchesOf, MAX_TAKEN } from "./batches.ts";
import { workRows } from "./change-feed.ts";
import { offerArguments } from "./hand-out.ts";
import { BROKER_KEY, keyspaceOf, type Keyspace } from "./keys.ts";
import { Listeners } from "./listeners.ts";
import { RedisConnection } from "./redis-connection.ts";
import { DEFAULT_PREFIX } from "./redis-storage.ts";
import { checkPrefix, parseRedisUrl } from "./redis-url.ts";
import { asNumber, asRows, asText } from "./replies.ts";
import { checkRedisVersion } from "./server-checks.ts";

export interface RedisBrokerOptions {
  /** As for the storage; both may have the same URL and prefix, their keys are apart. */
  readonly url: string;
  readonly logger?: Logger | undefined;
  /** Start of every key, wins over the URL's. @default "qtasks" */
  readonly prefix?: string | undefined;
}

/** Messages on a Redis 7 or later. Several servers may share it. Delays and holds go by Redis's clock. */
export class RedisBroker implements Broker {
  readonly capabilities = { distributed: true } as const;
  readonly #connection: RedisConnection;
  readonly #keys: Keyspace;
  readonly #listeners: Listeners<BrokerNotice>;
  #brokerId: string | undefined;
  #started: Promise<void> | undefined;

  /** Throws CONFIG_INVALID for a URL or a prefix that can't be one. */
  constructor(options: RedisBrokerOptions) {
    const target = parseRedisUrl(options.url);
    const prefix = checkPrefix(options.prefix ?? target.prefix ?? DEFAULT_PREFIX);
    this.#keys = keyspaceOf(prefix, target.database);
    this.#listeners = new Listeners(options.logger);
    this.#connection = new RedisConnection({
      target,
      unavailable: "BROKER_UNAVAILABLE",
      channels: [this.#keys.brokerChannel],
      onMessage: (_channel, text) => this.#receive(text),
      onGap: () => this.#listeners.emit({ kind: "gap" }),
      logger: options.logger,
    });
  }

  get brokerId(): string {
    if (this.#brokerId === undefined) throw new Error("the broker was not started");
    return this.#brokerId;
  }

  start(): Promise<void> {
    this.#started ??= this.#start().catch(async (error: unknown) => {
      this.#started = undefined;
      await this.#connection.stop();
      throw error;
    });
    return this.#started;
  }

  async stop(): Promise<void> {
    const started = this.#started;
    this.#started = undefined;
    await started?.catch(() => undefined);
    await this.#connection.stop();
  }

  async ping(): Promise<void> {
    await this.#connection.readTime();
  }

  /** Changes with a flush and with each start of Redis, which may have lost what was written last. */
  async epoch(): Promise<string> {
    const args = [nonce(), this.brokerId];
    const [mark, run] = await this.#connection.run("broker-epoch", this.#keys.broker, args);
    return `${asText(mark)}:${asText(run)}`;
  }

  async bind(params: { readonly keyspaceId: string }): Promise<{ readonly keyspaceId: string }> {
    return { keyspaceId: await this.#setOnce("keyspaceId", params.keyspaceId) };
  }

  async publish(params: { readonly messages: readonly Message[] }): Promise<void> {
    const { broker, brokerChannel } = this.#keys;
    for (const batch of batchesOf(params.messages)) {
      const args = batch.flatMap((message) => [
        message.taskId,
        message.generation,
        message.queue,
        message.name,
        message.priority,
        message.orderAt,
        message.delayMs,
      ]);
      await this.#connection.run("broker-publish", broker, [brokerChannel, ...args]);
    }
  }

  async take(params: TakeParams): Promise<Taken> {
    const [more, next, messages] = await this.#connection.run("broker-take", this.#keys.broker, [
      params.hold,
      Buffer.from(params.hold, "hex"),
      params.holdMs,
      Math.min(params.max, MAX_TAKEN),
      ...offerArguments(params.offers),
    ]);
    const nextDueMs = asNumber(next);
    return {
      messages: asRows(messages, 6).map(([id, generation, queue, name, priority, orderAt]) => ({
        taskId: asText(id),
        generation: asNumber(generation),
        queue: asText(queue),
        name: asText(name),
        priority: asNumber(priority),
        orderAt: asNumber(orderAt),
        delayMs: 0,
      })),
      more: more === 1,
      nextDueMs: nextDueMs < 0 ? undefined : nextDueMs,
    };
  }

  async settle(params: { readonly items: readonly Held[] }): Promise<void> {
    for (const batch of batchesOf(params.items)) {
      await this.#connection.run("broker-settle", this.#keys.broker, batch.flatMap(heldArguments));
    }
  }

  async defer(params: { readonly items: readonly Deferred[] }): Promise<void> {
    const { broker, brokerChannel } = this.#keys;
    for (const batch of batchesOf(params.items)) {
      const args = batch.flatMap((item) => [...heldArguments(item), item.delayMs]);
      await this.#connection.run("broker-defer", broker, [brokerChannel, ...args]);
    }
  }

  subscribe(listener: (notice: BrokerNotice) => void): () => void {
    return this.#listeners.add(listener);
  }

  async #start(): Promise<void> {
    await this.#connection.start();
    await checkRedisVersion(this.#connection);
    this.#brokerId = await this.#setOnce("brokerId", nonce());
  }

  /** The field's value, which is this one if it had none. */
  async #setOnce(field: string, value: string): Promise<string> {
    const key = this.#keys.broker + BROKER_KEY.meta;
    const known = await this.#connection.command("HGET", key, field);
    if (known !== null) return asText(known);
    await this.#connection.command("HSETNX", key, field, value);
    return asText(await this.#connection.command("HGET", key, field));
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as { readonly w: readonly (string | number)[] };
    const work = workRows(message.w).map(([queue, name, count, delayMs]) => ({
      queue,
      name,
      count,
      delayMs,
    }));
    this.#listeners.emit({ kind: "work", work });
  }
}

function heldArguments({ taskId, generation, hold }: Held): [string, number, Buffer] {
  return [taskId, generation, Buffer.from(hold, "hex")];
}
