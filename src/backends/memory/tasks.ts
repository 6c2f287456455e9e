/** All tasks and every index over them; whoever changes a record does it here, so that none is left behind. */
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { attentionAt, isTerminal, isWaiting, type TaskRecord } from "../../core/record.ts";
import { CreationOrder } from "./creation-order.ts";
import { Entry, type WaitingTask } from "./entry.ts";
import { QueueCounters } from "./queue-counters.ts";
import { ReadyIndex } from "./ready-index.ts";
import { Timeline } from "./timeline.ts";
import { UniqueKeys } from "./unique-keys.ts";

export class Tasks {
  readonly counters = new QueueCounters();
  readonly ready = new ReadyIndex<WaitingTask>(({ entry }) => this.#becomePending(entry));
  readonly attention = new Timeline<Entry>();
  readonly purge = new Timeline<Entry>();
  readonly created = new CreationOrder();
  readonly uniqueKeys = new UniqueKeys((id) => this.get(id)?.record);
  readonly #entries = new Map<string, Entry>();
  readonly #tags = new Map<string, CreationOrder>();

  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  add(record: TaskRecord, now: number): void {
    const entry = new Entry(Object.freeze(record));
    this.#entries.set(record.id, entry);
    this.created.add(entry);
    for (const tag of record.tags) this.#orderFor(tag).add(entry);
    this.#index(entry, now);
  }

  replace(entry: Entry, record: TaskRecord, now: number): void {
    this.#unindex(entry);
    entry.record = Object.freeze(record);
    this.#index(entry, now);
  }

  remove(entry: Entry): void {
    const { record } = entry;
    this.#unindex(entry);
    entry.removed = true;
    this.#entries.delete(record.id);
    this.uniqueKeys.release(record);
    this.created.remove();
    for (const tag of record.tags) {
      const order = this.#tags.get(tag)!;
      order.remove();
      if (order.size === 0) this.#tags.delete(tag);
    }
  }

  /** Tasks with that tag. */
  tagged(tag: string): CreationOrder {
    return this.#tags.get(tag) ?? new CreationOrder();
  }

  #index(entry: Entry, now: number): void {
    const { record } = entry;
    this.counters.add(entry, record.state);
    if (isWaiting(record.state)) {
      entry.waiting = waitingTask(entry);
      this.ready.add(entry.waiting, now);
    }
    const at = attentionAt(record);
    if (at > 0) entry.attention = this.attention.add(at, record.id, entry);
    if (isTerminal(record.state)) entry.purge = this.purge.add(record.purgeAt, record.id, entry);
  }

  #unindex(entry: Entry): void {
    if (entry.waiting !== undefined) this.ready.remove(entry.waiting);
    this.attention.remove(entry.attention);
    this.purge.remove(entry.purge);
    this.counters.remove(entry);
    entry.waiting = entry.attention = entry.purge = undefined;
  }

  #becomePending(entry: Entry): void {
    if (entry.countedAs === TaskState.PENDING) return;
    this.counters.remove(entry);
    this.counters.add(entry, TaskState.PENDING);
  }

  #orderFor(tag: string): CreationOrder {
    let order = this.#tags.get(tag);
    if (order === undefined) this.#tags.set(tag, (order = new CreationOrder()));
    return order;
  }
}

/** What is stored as PENDING is due, even if the clock of its writer was ahead. */
function waitingTask(entry: Entry): WaitingTask {
  const { id, queue, name, priority, orderAt, dueAt, state } = entry.record;
  const readyAt = state === TaskState.PENDING ? 0 : dueAt;
  return { entry, id, queue, name, priority, orderAt, dueAt: readyAt, place: 0 };
}
