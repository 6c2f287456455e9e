/** Messages and takes with defaults. */
import type { Broker, Held, Message, Taken, TakeParams } from "../../../broker/broker.ts";
import { nonce, uuidv7 } from "../../../core/ids.ts";

/** A message of `mail.send` in `default` that is due. */
export function makeMessage(overrides: Partial<Message> = {}): Message {
  return {
    taskId: uuidv7(),
    generation: 1,
    queue: "default",
    name: "mail.send",
    priority: 0,
    orderAt: Date.now(),
    delayMs: 0,
    ...overrides,
  };
}

/** Parameters of a take of up to 100 for a minute, with a hold of its own. */
export function takeParams(overrides: Partial<TakeParams> = {}): TakeParams {
  return {
    offers: [{ queue: "default", names: ["mail.send"] }],
    max: 100,
    hold: nonce(),
    holdMs: 60_000,
    ...overrides,
  };
}

export async function take(broker: Broker, overrides: Partial<TakeParams> = {}): Promise<Taken> {
  return broker.take(takeParams(overrides));
}

/** The ids of what is taken, in its order. */
export async function takeIds(
  broker: Broker,
  overrides: Partial<TakeParams> = {},
): Promise<string[]> {
  return idsOf((await take(broker, overrides)).messages);
}

export function idsOf(messages: readonly Message[]): string[] {
  return messages.map(({ taskId }) => taskId);
}

export async function publish(broker: Broker, ...messages: Message[]): Promise<void> {
  await broker.publish({ messages });
}

export function heldBy(message: Message, hold: string): Held {
  return { taskId: message.taskId, generation: message.generation, hold };
}

/** With no delay, which a broker may count down or forget once the message is due. */
export function withoutDelay(messages: readonly Message[]): Message[] {
  return messages.map((message) => ({ ...message, delayMs: 0 }));
}
