/** Notices of the storage, from the messages of its channels. */
import type { Logger } from "pino";
import type { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskRecord } from "../../core/record.ts";
import type { StorageNotice, TaskChange, Work } from "../../storage/storage.ts";
import { workOf } from "../../storage/work.ts";
import { Lines } from "./lines.ts";
import { Listeners } from "./listeners.ts";

/** A document that changed, as lua/put-documents.lua tells of it. */
interface DocumentMessage {
  readonly d: readonly [kind: string, key: string];
}

/** Changes and work under their number. */
interface FeedMessage {
  readonly sequence: number;
  readonly changes: readonly TaskChange[];
  readonly work: readonly Work[];
}

/**
 * What a script sends of these records, behind a number and a line feed: by line the number of groups, for each its state,
 * revision, size and ids, then for each queue and name with work these two, how much, and the earliest due time.
 */
export function encodeNotice(records: readonly TaskRecord[]): string {
  const lines: (string | number)[] = [];
  let groups = 0;
  let sizeAt = 0;
  let last: TaskRecord | undefined;
  for (const record of records) {
    if (record.state !== last?.state || record.revision !== last.revision) {
      groups++;
      sizeAt = lines.push(record.state, record.revision, 0) - 1;
    }
    lines[sizeAt] = (lines[sizeAt] as number) + 1;
    lines.push(record.id);
    last = record;
  }
  for (const { queue, name, count, dueAt } of workOf(records))
    lines.push(queue, name, count, dueAt);
  return `${groups}\n${lines.join("\n")}`;
}

function decodeNotice(text: string): FeedMessage {
  const lines = new Lines(text);
  const sequence = lines.number();
  const changes: TaskChange[] = [];
  for (let groups = lines.number(); groups > 0; groups--) {
    const state = lines.number() as TaskState;
    const revision = lines.number();
    for (let left = lines.number(); left > 0; left--)
      changes.push({ id: lines.next(), state, revision });
  }
  const work: Work[] = [];
  while (!lines.done)
    work.push({
      queue: lines.next(),
      name: lines.next(),
      count: lines.number(),
      dueAt: lines.number(),
    });
  return { sequence, changes, work };
}

/**
 * Numbers the changes: a jump is read up from the kept entries, and where those are gone, or after a
 * lost connection, the listeners are told of a gap.
 */
export class ChangeFeed {
  readonly #listeners: Listeners<StorageNotice>;
  readonly #readAfter: (sequence: number) => Promise<readonly string[]>;
  #last: number | undefined;
  #held: FeedMessage[] | undefined;

  constructor(
    /** Kept messages with a higher number, oldest first. */
    readAfter: (sequence: number) => Promise<readonly string[]>,
    logger: Logger | undefined,
  ) {
    this.#readAfter = readAfter;
    this.#listeners = new Listeners(logger);
  }

  subscribe(listener: (notice: StorageNotice) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Messages may have been missed without a jump to show it. */
  gap(): void {
    this.#last = undefined;
    this.#listeners.emit({ kind: "gap" });
  }

  /** Takes a message of either channel. */
  receive(text: string): void {
    if (text.startsWith("{")) {
      const [documentKind, key] = (JSON.parse(text) as DocumentMessage).d;
      this.#listeners.emit({ kind: "document", documentKind, key });
      return;
    }
    const message = decodeNotice(text);
    if (this.#held !== undefined) this.#held.push(message);
    else if (this.#last !== undefined && message.sequence > this.#last + 1)
      void this.#catchUp(message);
    else this.#deliver(message);
  }

  #deliver({ sequence, changes, work }: FeedMessage): void {
    // Numbers that start again belong to other data: the keyspace was flushed.
    if (this.#last !== undefined && sequence <= this.#last) this.#listeners.emit({ kind: "gap" });
    this.#last = sequence;
    this.#listeners.emit({ kind: "changes", changes, work });
  }

  /** Holds what comes meanwhile, so that the order of numbers is kept. */
  async #catchUp(message: FeedMessage): Promise<void> {
    const held: FeedMessage[] = [message];
    this.#held = held;
    const missed = await this.#readAfter(this.#last ?? 0).catch(() => []);
    this.#held = undefined;
    const read = missed.map(decodeNotice);
    if (read[0]?.sequence !== (this.#last ?? 0) + 1) {
      this.gap();
    }
    for (const next of [...read, ...held]) {
      if (this.#last === undefined || next.sequence > this.#last) this.#deliver(next);
    }
  }
}

/** Rows of queue, name, count and a time, as the broker tells of work. */
export function workRows(
  flat: readonly (string | number)[],
): (readonly [queue: string, name: string, count: number, time: number])[] {
  const rows: (readonly [string, string, number, number])[] = [];
  for (let at = 0; at < flat.length; at += 4)
    rows.push(flat.slice(at, at + 4) as [string, string, number, number]);
  return rows;
}
