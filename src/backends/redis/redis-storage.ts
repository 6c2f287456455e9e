/** A storage on Redis, joint with its broker. */
import type { Logger } from "pino";
import type { TaskFilter } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { HandedOut, HandOutParams, Joint } from "../../storage/joint.ts";
import type {
  CreateParams,
  Documents,
  EventsParams,
  ListParams,
  Renewal,
  StorageNotice,
  TaskVersion,
  WriteParams,
} from "../../storage/storage.ts";
import { ChangeFeed } from "./change-feed.ts";
import type { StorageContext } from "./context.ts";
import { createTasks } from "./create-tasks.ts";
import { purgeTasks, removeTasks } from "./delete-tasks.ts";
import { handOutTasks } from "./hand-out.ts";
import { dropIntents, readIntents } from "./intents.ts";
import { KEY, keyspaceOf } from "./keys.ts";
import { openKeyspace } from "./keyspace-meta.ts";
import { countTasks, listTasks } from "./list-tasks.ts";
import { readQueueStats } from "./queue-counts.ts";
import { readEvents, readOverdue, readRecords } from "./read-tasks.ts";
import { RedisConnection } from "./redis-connection.ts";
import { RedisDocuments } from "./redis-documents.ts";
import { checkPrefix, parseRedisUrl } from "./redis-url.ts";
import { renewLeases } from "./renew-leases.ts";
import { asList, asText } from "./replies.ts";
import { checkServer } from "./server-checks.ts";
import { writeChanges } from "./write-changes.ts";

export interface RedisStorageOptions {
  /** `redis://[[user]:password@]host[:port][/database][?prefix=name]`, or `rediss://…` for TLS. */
  readonly url: string;
  readonly logger?: Logger | undefined;
  /** Start of every key, wins over the URL's. @default "qtasks" */
  readonly prefix?: string | undefined;
  /** Logs that are kept for a task. @default 1000 */
  readonly maxLogs?: number | undefined;
}

/** Start of every key where neither the options nor the URL name one. */
export const DEFAULT_PREFIX = "qtasks";
const DEFAULT_MAX_LOGS = 1000;

/**
 * Storage and broker in one on a Redis 7 or later: every operation is one script, so that records,
 * indexes, counters and the feed agree at any time. Several servers may share it.
 */
export class RedisStorage implements Joint {
  readonly capabilities = { durable: true, distributed: true } as const;
  readonly documents: Documents;
  readonly #context: StorageContext;
  readonly #feed: ChangeFeed;
  readonly #logger: Logger | undefined;
  #keyspaceId: string | undefined;
  #started: Promise<void> | undefined;

  /** Throws CONFIG_INVALID for a URL or a prefix that can't be one. */
  constructor(options: RedisStorageOptions) {
    const target = parseRedisUrl(options.url);
    const prefix = checkPrefix(options.prefix ?? target.prefix ?? DEFAULT_PREFIX);
    const keys = keyspaceOf(prefix, target.database);
    const connection = new RedisConnection({
      target,
      unavailable: "STORAGE_UNAVAILABLE",
      channels: [keys.changesChannel, keys.documentsChannel],
      onMessage: (_channel, text) => this.#feed.receive(text),
      onGap: () => this.#feed.gap(),
      logger: options.logger,
    });
    this.#logger = options.logger;
    this.#context = { connection, keys, maxLogs: options.maxLogs ?? DEFAULT_MAX_LOGS };
    this.#feed = new ChangeFeed((sequence) => this.#readFeed(sequence), options.logger);
    this.documents = new RedisDocuments(this.#context);
  }

  get keyspaceId(): string {
    if (this.#keyspaceId === undefined) throw new Error("the storage was not started");
    return this.#keyspaceId;
  }

  start(): Promise<void> {
    this.#started ??= this.#start().catch(async (error: unknown) => {
      this.#started = undefined;
      await this.#context.connection.stop();
      throw error;
    });
    return this.#started;
  }

  async stop(): Promise<void> {
    const started = this.#started;
    this.#started = undefined;
    await started?.catch(() => undefined);
    await this.#context.connection.stop();
  }

  now(): number {
    return this.#context.connection.clock.now();
  }

  /** Asks for the time, so that the clock keeps up with an idle server's. */
  async ping(): Promise<void> {
    await this.#context.connection.readTime();
  }

  create(params: CreateParams) {
    return createTasks(this.#context, params);
  }

  read(params: { readonly ids: readonly string[] }) {
    return readRecords(this.#context, params.ids);
  }

  write(params: WriteParams) {
    return writeChanges(this.#context, params);
  }

  renew(params: { readonly renewals: readonly Renewal[] }) {
    return renewLeases(this.#context, params.renewals);
  }

  remove(params: { readonly items: readonly TaskVersion[] }) {
    return removeTasks(this.#context, params.items);
  }

  handOut(params: HandOutParams): Promise<HandedOut> {
    return handOutTasks(this.#context, params);
  }

  events(params: EventsParams) {
    return readEvents(this.#context, params);
  }

  list(params: ListParams) {
    return listTasks(this.#context, params);
  }

  count(params: { readonly filter: TaskFilter; readonly maxExamined: number }) {
    return countTasks(this.#context, params);
  }

  queueStats(params: { readonly queues: readonly string[] }) {
    return readQueueStats(this.#context, params.queues);
  }

  overdue(params: { readonly limit: number }) {
    return readOverdue(this.#context, params.limit);
  }

  purge(params: { readonly limit: number }) {
    return purgeTasks(this.#context, params.limit);
  }

  intents(params: { readonly minAgeMs: number; readonly limit: number }) {
    return readIntents(this.#context, params);
  }

  dropIntents(params: { readonly ids: readonly string[] }) {
    return dropIntents(this.#context, params.ids);
  }

  subscribe(listener: (notice: StorageNotice) => void): () => void {
    return this.#feed.subscribe(listener);
  }

  async #start(): Promise<void> {
    const { connection, keys } = this.#context;
    await connection.start();
    await connection.readTime();
    await checkServer(connection, this.#logger);
    this.#keyspaceId = await openKeyspace(connection, keys);
  }

  async #readFeed(sequence: number): Promise<string[]> {
    const { connection, keys } = this.#context;
    const after = `(${sequence}-0`;
    const entries = await connection.command("XRANGE", keys.partition + KEY.feed, after, "+");
    return asList(entries).map((entry) => asText(asList(asList(entry)[1])[1]));
  }
}
