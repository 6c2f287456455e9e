/**
 * What waits, for storage and broker alike: for each queue and name what is due, in the order of the
 * hand-out, and what is not, by its due time.
 */
import type { Offer } from "../../storage/joint.ts";
import { Heap, type HeapNode } from "./heap.ts";

export interface Waiting extends HeapNode {
  readonly id: string;
  readonly queue: string;
  readonly name: string;
  readonly priority: number;
  readonly orderAt: number;
  /** By the owner's clock. */
  readonly dueAt: number;
}

/** One queue and name. Items past their deadline are members still, but in no heap. */
interface Lane<Item extends Waiting> {
  readonly ready: Heap<Item>;
  readonly delayed: Heap<Item>;
  members: number;
}

export class ReadyIndex<Item extends Waiting> {
  readonly #queues = new Map<string, Map<string, Lane<Item>>>();
  readonly #onDue: (item: Item) => void;

  /** `onDue` hears of every item that becomes ready, added so or later. */
  constructor(onDue: (item: Item) => void) {
    this.#onDue = onDue;
  }

  add(item: Item, now: number): void {
    const lane = this.#laneFor(item);
    lane.members += 1;
    if (item.dueAt > now) lane.delayed.add(item);
    else this.#makeReady(lane, item);
  }

  remove(item: Item): void {
    const names = this.#queues.get(item.queue)!;
    const lane = names.get(item.name)!;
    this.pass(item);
    lane.members -= 1;
    if (lane.members === 0) names.delete(item.name);
  }

  /** Takes the item out of the order for as long as it waits: it can't be started any more. */
  pass(item: Item): void {
    const lane = this.#queues.get(item.queue)!.get(item.name)!;
    if (!lane.ready.remove(item)) lane.delayed.remove(item);
  }

  /** The first item of an offer that is due, in the order of the hand-out. */
  first(offer: Offer, now: number): Item | undefined {
    let best: Item | undefined;
    for (const lane of this.#lanes(offer)) {
      this.#promote(lane, now);
      const { first } = lane.ready;
      if (first !== undefined && (best === undefined || precedes(first, best))) best = first;
    }
    return best;
  }

  /** The earliest due time among what is not due; undefined where nothing of the offers is delayed. */
  nextDueAt(offers: readonly Offer[], now: number): number | undefined {
    const lanes = offers.flatMap((offer) => this.#lanes(offer));
    for (const lane of lanes) this.#promote(lane, now);
    const times = lanes.flatMap((lane) => lane.delayed.first?.dueAt ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Names with items, in order. */
  names(queue: string): string[] {
    return [...(this.#queues.get(queue)?.keys() ?? [])].toSorted();
  }

  /** Tells `onDue` of everything in the queue that became due by now. */
  promote(queue: string, now: number): void {
    for (const lane of this.#queues.get(queue)?.values() ?? []) this.#promote(lane, now);
  }

  #promote(lane: Lane<Item>, now: number): void {
    for (
      let item = lane.delayed.first;
      item !== undefined && item.dueAt <= now;
      item = lane.delayed.first
    ) {
      lane.delayed.remove(item);
      this.#makeReady(lane, item);
    }
  }

  #makeReady(lane: Lane<Item>, item: Item): void {
    lane.ready.add(item);
    this.#onDue(item);
  }

  #lanes(offer: Offer): Lane<Item>[] {
    const names = this.#queues.get(offer.queue);
    if (names === undefined) return [];
    return offer.names.flatMap((name) => names.get(name) ?? []);
  }

  #laneFor(item: Item): Lane<Item> {
    let names = this.#queues.get(item.queue);
    if (names === undefined) this.#queues.set(item.queue, (names = new Map()));
    const known = names.get(item.name);
    if (known !== undefined) return known;
    const lane = {
      ready: new Heap<Item>(precedes),
      delayed: new Heap<Item>(isDueEarlier),
      members: 0,
    };
    names.set(item.name, lane);
    return lane;
  }
}

function precedes(a: Waiting, b: Waiting): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  if (a.orderAt !== b.orderAt) return a.orderAt < b.orderAt;
  return a.id < b.id;
}

function isDueEarlier(a: Waiting, b: Waiting): boolean {
  return a.dueAt < b.dueAt;
}
