import type { EventsPage, EventsParams, StoredEvent } from "../../storage/storage.ts";

/** The events of one task by sequence: outputs, all of them, and the newest logs. */
export class TaskEvents {
  readonly #outputs: StoredEvent[] = [];
  readonly #logs: StoredEvent[] = [];

  append(events: readonly StoredEvent[], maxLogs: number): void {
    for (const event of events) (event.kind === "log" ? this.#logs : this.#outputs).push(event);
    this.#logs.splice(0, Math.max(0, this.#logs.length - maxLogs));
  }

  page(params: Omit<EventsParams, "id">): EventsPage {
    const events: StoredEvent[] = [];
    let bytes = 0;
    for (const event of this.#after(params.afterSequence)) {
      bytes += event.body.length;
      const full = events.length >= params.limit || (events.length > 0 && bytes > params.maxBytes);
      if (full) return { events, more: true };
      events.push(event);
    }
    return { events, more: false };
  }

  *#after(sequence: number): Iterable<StoredEvent> {
    let output = firstAfter(this.#outputs, sequence);
    let log = firstAfter(this.#logs, sequence);
    for (;;) {
      const a = this.#outputs[output];
      const b = this.#logs[log];
      if (a !== undefined && (b === undefined || a.sequence < b.sequence)) {
        output += 1;
        yield a;
      } else if (b !== undefined) {
        log += 1;
        yield b;
      } else return;
    }
  }
}

function firstAfter(events: readonly StoredEvent[], sequence: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (events[middle]!.sequence <= sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}
