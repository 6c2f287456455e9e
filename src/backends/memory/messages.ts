/** The messages of a broker. One that is held is due again when its hold ends, so no sweep is needed. */
import type { Deferred, Held, Message, Taken, TakeParams } from "../../broker/broker.ts";
import { ReadyIndex, type Waiting } from "./ready-index.ts";

interface Slot extends Waiting {
  readonly message: Message;
  /** The last hold; the current one until another take. */
  readonly hold: string | undefined;
}

/** Times are the caller's monotonic ms. */
export class Messages {
  readonly #slots = new Map<string, Slot>();
  readonly #ready = new ReadyIndex<Slot>(() => undefined);
  /** Messages by their hold, in the order of the take. */
  readonly #holds = new Map<string, Set<Slot>>();

  /** Whether the message is news. */
  publish(message: Message, now: number): boolean {
    const known = this.#slots.get(message.taskId);
    if (known !== undefined && known.message.generation >= message.generation) return false;
    this.#set(message, now + message.delayMs, { now, hold: undefined });
    return true;
  }

  take(params: TakeParams, now: number): Taken {
    const { offers, hold, holdMs, max } = params;
    const messages: Message[] = [...(this.#holds.get(hold) ?? [])].map((slot) => slot.message);
    // Told without what is taken here: it will be settled long before its hold ends.
    const nextDueAt = this.#ready.nextDueAt(offers, now);
    if (messages.length === 0) {
      for (const offer of offers) {
        while (messages.length < max) {
          const slot = this.#ready.first(offer, now);
          if (slot === undefined) break;
          messages.push(slot.message);
          this.#set(slot.message, now + holdMs, { now, hold });
        }
      }
    }
    return {
      messages,
      more: offers.some((offer) => this.#ready.first(offer, now) !== undefined),
      nextDueMs: nextDueAt === undefined ? undefined : nextDueAt - now,
    };
  }

  settle(item: Held): void {
    const slot = this.#underHold(item);
    if (slot !== undefined) this.#drop(slot);
  }

  /** The message, with its new delay, where it was given back. */
  defer(item: Deferred, now: number): Message | undefined {
    const slot = this.#underHold(item);
    if (slot === undefined) return undefined;
    this.#set(slot.message, now + item.delayMs, { now, hold: undefined });
    return { ...slot.message, delayMs: item.delayMs };
  }

  #underHold({ taskId, generation, hold }: Held): Slot | undefined {
    const slot = this.#slots.get(taskId);
    return slot?.hold === hold && slot.message.generation === generation ? slot : undefined;
  }

  #set(
    message: Message,
    dueAt: number,
    { now, hold }: { readonly now: number; readonly hold: string | undefined },
  ): void {
    const known = this.#slots.get(message.taskId);
    if (known !== undefined) this.#drop(known);
    const { taskId: id, queue, name, priority, orderAt } = message;
    const slot = { id, queue, name, priority, orderAt, dueAt, message, hold, place: 0 };
    this.#slots.set(id, slot);
    this.#ready.add(slot, now);
    if (hold === undefined) return;
    let held = this.#holds.get(hold);
    if (held === undefined) this.#holds.set(hold, (held = new Set()));
    held.add(slot);
  }

  #drop(slot: Slot): void {
    this.#slots.delete(slot.id);
    this.#ready.remove(slot);
    if (slot.hold === undefined) return;
    const held = this.#holds.get(slot.hold);
    held?.delete(slot);
    if (held?.size === 0) this.#holds.delete(slot.hold);
  }
}
