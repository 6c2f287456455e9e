/** The model of a broker: memory's, and what the commands need to name messages and holds. */
import { MemoryBroker } from "../../../src/backends/memory/memory-broker.ts";
import type { Broker, Held, Message, TakeParams } from "../../../src/broker/broker.ts";
import { ModelClock } from "../model-clock.ts";
import { assertSame } from "../storage/compare.ts";

/** Virtual time begins here. */
export const EPOCH_MS = 1_900_000_000_000;

/** A broker under test, seen through one server or two. */
export interface Store {
  readonly brokers: readonly Broker[];
  /** Kills the process that has the data open, and opens it again. */
  restart?(): void;
}

interface Take {
  readonly params: TakeParams;
  readonly messages: readonly Message[];
  /** When the hold ends. */
  readonly until: number;
}

export class World {
  readonly clock = new ModelClock(EPOCH_MS);
  readonly memory = new MemoryBroker({ clock: this.clock });
  /** The latest takes, newest first, with what they gave. */
  takes: Take[] = [];
  readonly #generations = new Map<string, number>();
  #holds = 0;

  hold(): string {
    return (++this.#holds).toString(16).padStart(32, "0");
  }

  /** The task's next generation, or an earlier one. */
  generation(taskId: string, older: number): number {
    const latest = this.#generations.get(taskId) ?? 0;
    if (older > 0) return Math.max(1, latest + 1 - older);
    this.#generations.set(taskId, latest + 1);
    return latest + 1;
  }

  /** Messages as they were taken so many takes ago, whether they are still there or not. */
  heldAgo(ago: number): readonly Held[] {
    const take = this.takes[ago % Math.max(1, this.takes.length)];
    // Whether a hold that is over still counts is open.
    if (take === undefined || take.until <= this.clock.now()) return [];
    const { hold } = take.params;
    return take.messages.map(({ taskId, generation }) => ({ taskId, generation, hold }));
  }

  /** Makes the call on both sides and compares the answers. */
  async make<Answer>(
    name: string,
    store: Store,
    via: number,
    call: (broker: Broker) => Promise<Answer>,
  ): Promise<Answer> {
    const expected = await call(this.memory);
    const actual = await call(store.brokers[via % store.brokers.length]!);
    assertSame(name, plain(actual), plain(expected), this.clock.now());
    return expected;
  }
}

/** Without delays: a broker may count them down, or forget them once the message is due. */
function plain(answer: unknown): unknown {
  if (typeof answer !== "object" || answer === null || !("messages" in answer)) return answer;
  const messages = answer.messages as readonly Message[];
  return { ...answer, messages: messages.map((message) => ({ ...message, delayMs: 0 })) };
}
