/**
 * Every key of the Redis backend, built here and nowhere else.
 *
 * A key is `{prefix:partition}` and a part from the tables below. The braces are a hash tag: all keys
 * of a partition, and so all that belongs to a task, are in one slot of a Redis Cluster. A script gets
 * the tagged prefix as its one KEY, which decides the slot, and forms the keys of its tasks from it and
 * the tables' parts, which are rendered into its text. There is one partition now; the number is
 * written into the keyspace's meta hash and may never change.
 */

/** Partitions of a keyspace. */
export const PARTITIONS = 1;

/** Parts of the keys of a partition. Queue and name are joined by NUL to a *pair*. */
export const KEY = {
  /** `<id>`: string, the packed record (packed-task.ts). */
  task: "t:",
  /** `<pair>`: chunked set (chunks.ts) of PENDING tasks by priority and age. */
  ready: "r:",
  /** `<pair>`: zset of SCHEDULED tasks by due time. */
  scheduled: "s:",
  /** `<pair>`: zset of RETRYING tasks by due time. */
  retrying: "b:",
  /** zset of the two above (`s:<pair>`, `b:<pair>`) by the earliest due time in them. */
  due: "w",
  /** chunked set of RUNNING and CANCELING tasks by the time that they need attention. */
  leases: "l",
  /** zset of waiting tasks that have a deadline, by it. */
  deadlines: "e",
  /** chunked set of all tasks by creation. */
  created: "c",
  /** `<tag>`: zset of the tasks with a tag by creation. */
  tag: "i:",
  /** `<state>`: zset of FAILED, CANCELED and EXPIRED tasks by creation. */
  ended: "z:",
  /** `<tag>`: string, "until id": the holder of a unique key. */
  unique: "u:",
  /** `<minute>`: list of the tasks that are to be purged then. */
  purgeMinute: "p:",
  /** zset of those minutes. */
  purgeMinutes: "p",
  /** hash of counts by queue NUL state. */
  counters: "n",
  /** set of pairs that have, or had, tasks. */
  pairs: "q",
  /** `<id>`: stream of a task's outputs, by sequence. */
  outputs: "o:",
  /** `<id>`: stream of a task's logs, by sequence. */
  logs: "v:",
  /** stream of notices, by number. */
  feed: "f",
  /** string: number of the last notice. */
  feedSequence: "g",
  /** `<nonce>`: string with an expiry, ids by line: what a hand-out gave. */
  handedOut: "h:",
  /** hash of task ids, by line, by intent. Composed pairs only. */
  intents: "j",
  /** zset of intents by the time of their making. */
  intentTimes: "k",
} as const;

/** Parts of the keys under `{prefix:m}`: what belongs to no task. */
export const META = {
  /** hash: keyspaceId, layout, partitions. */
  keyspace: "meta",
  /** `<kind>`: hash of packed documents by key. */
  documents: "d:",
  /** zset of kind NUL key by the end of the document's life. */
  expiries: "x",
} as const;

/** Parts of the keys under `{prefix:b0}`, of the broker in a composed pair. */
export const BROKER_KEY = {
  /** hash: brokerId, keyspaceId, epoch. */
  meta: "meta",
  /** hash of packed messages by task. */
  messages: "g",
  /** `<pair>`: zset of due messages by priority and age. */
  ready: "r:",
  /** `<pair>`: zset of messages that are delayed or under a hold, by the time that they are offered. */
  later: "d:",
  /** zset of `d:<pair>` by the earliest time in them. */
  due: "w",
  /** `<hold>`: string with an expiry, ids by line: what a take gave. */
  taken: "h:",
} as const;

/** The keys of one keyspace, and its channels. Channels span databases, so their names hold the number. */
export interface Keyspace {
  /** Prefix of the one partition. */
  readonly partition: string;
  readonly meta: string;
  readonly broker: string;
  readonly changesChannel: string;
  readonly documentsChannel: string;
  readonly brokerChannel: string;
}

/** Names of a keyspace by the prefix of its keys and the number of its database. */
export function keyspaceOf(prefix: string, database: number): Keyspace {
  const partition = `{${prefix}:0}`;
  const meta = `{${prefix}:m}`;
  const broker = `{${prefix}:b0}`;
  return {
    partition,
    meta,
    broker,
    changesChannel: `${partition}changes@${database}`,
    documentsChannel: `${meta}documents@${database}`,
    brokerChannel: `${broker}work@${database}`,
  };
}
