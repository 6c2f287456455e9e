/** The connections of one backend to its Redis: one for commands, one that listens to notices. */
import { Redis, type RedisOptions } from "ioredis";
import type { Logger } from "pino";
import { QTasksError } from "../../core/errors.ts";
import { close, quit } from "./close.ts";
import { loadScripts, type LuaScripts, type ScriptName } from "./lua-scripts.ts";
import { RedisClock } from "./redis-clock.ts";
import { isNoScript, redisError } from "./redis-errors.ts";
import type { RedisTarget } from "./redis-url.ts";
import { FramedCommand, ScriptCall, type Argument } from "./script-call.ts";
import { Subscription } from "./subscription.ts";

export interface RedisConnectionOptions {
  readonly target: RedisTarget;
  /** Reason of the errors where Redis can't be reached. */
  readonly unavailable: "STORAGE_UNAVAILABLE" | "BROKER_UNAVAILABLE";
  readonly channels: readonly string[];
  readonly onMessage: (channel: string, text: string) => void;
  /** After a connection was lost and is back: messages may have been missed. */
  readonly onGap: () => void;
  readonly logger: Logger | undefined;
}

/** What a script answers, in buffers: nested arrays of bulk strings and integers. */
export type Reply = Buffer | number | null | readonly Reply[];

const CONNECT_TIMEOUT_MS = 5_000;
/** A Redis that answers nothing for this long while calls wait is given up; scripts take milliseconds. */
const SILENCE_MS = 10_000;
const KEEPALIVE_MS = 10_000;
const DISCONNECT_TIMEOUT_MS = 500;
const MAX_BACKOFF_MS = 2_000;

/**
 * Runs scripts and commands. Nothing is ever sent twice by itself: a call on a connection that is lost
 * fails at once, since it is open whether it was made, and repeats are the caller's. Reconnects by
 * itself, at growing intervals with jitter.
 */
export class RedisConnection {
  readonly clock = new RedisClock();
  readonly #options: RedisConnectionOptions;
  readonly #scripts: LuaScripts = loadScripts();
  #client: Redis | undefined;
  #subscription: Subscription | undefined;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
  }

  /** Connects, once: rejects where Redis can't be reached, naming the place and the cause. */
  async start(): Promise<void> {
    let isLost = false;
    const client = await this.#connect("commands", () => (isLost = true));
    this.#client = client;
    const listener = await this.#connect("notices", () => (isLost = true));
    this.#subscription = new Subscription(listener, this.#options);
    const afterReturn = (): void => {
      if (!isLost || client.status !== "ready" || !this.#subscription?.isActive) return;
      isLost = false;
      this.#options.logger?.info({ redis: this.#options.target.place }, "Redis is back");
      this.#options.onGap();
    };
    client.on("ready", afterReturn);
    await this.#subscription.start(afterReturn).catch((error: unknown) => {
      throw this.#error(error);
    });
  }

  /** Waits for what is under way, then closes. Harmless before start and twice. */
  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await this.#subscription?.stop();
    this.#subscription = undefined;
    if (client === undefined) return;
    if (client.status === "ready") await quit(client);
    await close(client);
  }

  /** Runs a script; gives its output without the time, which the clock takes. */
  run(name: ScriptName, prefix: string, args: readonly Argument[]): Promise<readonly Reply[]> {
    const call = new ScriptCall(prefix);
    call.addAll(args);
    return this.send(name, call);
  }

  /** The same for a call whose arguments are many and were written one by one. */
  async send(name: ScriptName, call: ScriptCall): Promise<readonly Reply[]> {
    const script = this.#scripts[name];
    try {
      const client = this.#ready();
      const sentAt = this.clock.monotonic();
      const reply = await sendFrame(client, call.byHash(script.sha)).catch((error: unknown) => {
        if (!isNoScript(error)) throw error;
        return sendFrame(client, call.bySource(script.source));
      });
      this.clock.learn(reply[0] as number, sentAt);
      return reply.slice(1);
    } catch (error) {
      throw this.#error(error);
    }
  }

  /** Runs one command. */
  async command(name: string, ...args: readonly Argument[]): Promise<Reply> {
    try {
      return (await this.#ready().callBuffer(name, ...args)) as Reply;
    } catch (error) {
      throw this.#error(error);
    }
  }

  /** Asks for Redis's time alone, for the clock. */
  async readTime(): Promise<void> {
    const sentAt = this.clock.monotonic();
    const [seconds, micros] = (await this.command("TIME")) as readonly Buffer[];
    this.clock.learn(Number(seconds) * 1e6 + Number(micros), sentAt);
  }

  #ready(): Redis {
    if (this.#client === undefined) throw this.#error(new Error("not started"));
    return this.#client;
  }

  #error(thrown: unknown): QTasksError {
    return redisError(thrown, this.#options.unavailable, this.#options.target.place);
  }

  async #connect(role: string, onLost: () => void): Promise<Redis> {
    const { target, logger, unavailable } = this.#options;
    let isStarted = false;
    let isUp = false;
    let cause: unknown;
    const client = new Redis({
      ...clientOptions(target, role),
      retryStrategy: (times) => (isStarted ? backoff(times) : null),
    });
    client.on("error", (error) => {
      cause = error;
    });
    client.on("ready", () => (isUp = true));
    client.on("close", () => {
      // Each attempt to reconnect closes too; only the first loss is news.
      if (!isStarted || !isUp || client.status === "end") return;
      isUp = false;
      logger?.warn({ redis: target.place, role, error: messageOf(cause) }, "Redis is gone");
      onLost();
    });
    try {
      await client.connect();
    } catch (error) {
      client.disconnect();
      const why = messageOf(cause ?? error);
      throw new QTasksError(unavailable, `Redis at ${target.place} can't be reached: ${why}`, {
        cause: cause ?? error,
      });
    }
    isStarted = true;
    return client;
  }
}

function sendFrame(client: Redis, frame: Buffer): Promise<readonly Reply[]> {
  gatherWrites(client);
  const command = new FramedCommand("evalsha", frame);
  return client.sendCommand(command) as Promise<readonly Reply[]>;
}

/** What is sent in one turn of the loop leaves in one write, such as a create and the hand-out that follows it. */
function gatherWrites({ stream }: Redis): void {
  // Unset until the first connection.
  if (stream === undefined || stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

function clientOptions(target: RedisTarget, role: string): RedisOptions {
  return {
    ...target.options,
    lazyConnect: true,
    protocol: 2,
    connectionName: `qtasks-${role}`,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    // A master that has become a replica refuses writes; another address may be the master now.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_MS,
    keepAlive: KEEPALIVE_MS,
  };
}

/** Full jitter over the upper half, so that servers do not return in step. */
function backoff(times: number): number {
  const most = Math.min(50 * 2 ** Math.min(times, 10), MAX_BACKOFF_MS);
  return most / 2 + Math.random() * (most / 2);
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : "connection closed";
}
