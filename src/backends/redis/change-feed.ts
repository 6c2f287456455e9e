/** Notices of the storage, from the messages of its channels. */
import type { Logger } from "pino";
import type { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { StorageNotice, TaskChange, Work } from "../../storage/storage.ts";
import { Listeners } from "./listeners.ts";

/** A message: changes with their number, or a document. See lua/includes/publish-changes.lua. */
interface FeedMessage {
  readonly s?: number;
  readonly c?: readonly (string | number)[];
  readonly w?: readonly (string | number)[];
  readonly d?: readonly [kind: string, key: string];
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
    const message = JSON.parse(text) as FeedMessage;
    const { d: document, s: sequence = 0 } = message;
    if (document !== undefined)
      this.#listeners.emit({ kind: "document", documentKind: document[0], key: document[1] });
    else if (this.#held !== undefined) this.#held.push(message);
    else if (this.#last !== undefined && sequence > this.#last + 1) void this.#catchUp(message);
    else this.#deliver(message, sequence);
  }

  #deliver(message: FeedMessage, sequence: number): void {
    // Numbers that start again belong to other data: the keyspace was flushed.
    if (this.#last !== undefined && sequence <= this.#last) this.#listeners.emit({ kind: "gap" });
    this.#last = sequence;
    const changes = toChanges(message.c ?? []);
    this.#listeners.emit({ kind: "changes", changes, work: toWork(message.w ?? []) });
  }

  /** Holds what comes meanwhile, so that the order of numbers is kept. */
  async #catchUp(message: FeedMessage): Promise<void> {
    const held: FeedMessage[] = [message];
    this.#held = held;
    const missed = await this.#readAfter(this.#last ?? 0).catch(() => []);
    this.#held = undefined;
    const read = missed.map((text) => JSON.parse(text) as FeedMessage);
    if (read[0]?.s !== (this.#last ?? 0) + 1) {
      this.gap();
    }
    for (const next of [...read, ...held]) {
      const sequence = next.s ?? 0;
      if (this.#last === undefined || sequence > this.#last) this.#deliver(next, sequence);
    }
  }
}

function toChanges(flat: readonly (string | number)[]): TaskChange[] {
  const changes: TaskChange[] = [];
  for (let at = 0; at < flat.length; at += 3) {
    const [id, state, revision] = flat.slice(at, at + 3) as [string, number, number];
    changes.push({ id, state: state as TaskState, revision });
  }
  return changes;
}

function toWork(flat: readonly (string | number)[]): Work[] {
  return workRows(flat).map(([queue, name, count, dueAt]) => ({ queue, name, count, dueAt }));
}

/** Rows of queue, name, count and a time. */
export function workRows(
  flat: readonly (string | number)[],
): (readonly [queue: string, name: string, count: number, time: number])[] {
  const rows: (readonly [string, string, number, number])[] = [];
  for (let at = 0; at < flat.length; at += 4)
    rows.push(flat.slice(at, at + 4) as [string, string, number, number]);
  return rows;
}
