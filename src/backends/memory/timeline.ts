import { Heap } from "./heap.ts";

/** A value's entry in a {@link Timeline}. */
export interface Moment<Value> {
  readonly at: number;
  /** Orders moments of one time. */
  readonly id: string;
  readonly value: Value;
  place: number;
}

/** Values by time: what is due, and when the next one will be. */
export class Timeline<Value> {
  readonly #moments = new Heap<Moment<Value>>((a, b) =>
    a.at === b.at ? a.id < b.id : a.at < b.at,
  );

  /** Adds a value and answers the entry to remove it by. */
  add(at: number, id: string, value: Value): Moment<Value> {
    const moment = { at, id, value, place: 0 };
    this.#moments.add(moment);
    return moment;
  }

  /** An entry that is not there is no error. */
  remove(moment: Moment<Value> | undefined): void {
    if (moment !== undefined) this.#moments.remove(moment);
  }

  /** The earliest time; 0 where nothing is left. */
  get firstAt(): number {
    return this.#moments.first?.at ?? 0;
  }

  /** Values whose time is `now` or earlier, the earliest first; they stay. */
  due(now: number, limit = Infinity): Value[] {
    return this.#moments.take(limit, ({ at }) => at <= now).map(({ value }) => value);
  }

  /** The earliest time after the first `count` values; 0 where none follows. */
  afterFirst(count: number): number {
    return this.#moments.take(count + 1, () => true)[count]?.at ?? 0;
  }
}
