import type { Message, Taken, TakeParams } from "../../../broker/broker.ts";
import { nonce } from "../../../core/ids.ts";
import type { Offer } from "../../../storage/joint.ts";
import type { FileKind } from "../database.ts";
import type { Engine, Methods } from "../engine.ts";
import type { Meta } from "../meta.ts";
import { takeReady, type ListKey } from "../ready-heads.ts";
import type { Statements } from "../statements.ts";
import { Terms } from "../terms.ts";
import type { BrokerCalls, BrokerFacts } from "./broker-calls.ts";
import { MessageTable } from "./message-table.ts";

/**
 * The file of a broker. A power failure may take its last commits: the epoch then changes, and the
 * reconciler publishes again. So no call waits for the disk.
 */
export const BROKER_FILE: FileKind = {
  what: "broker",
  applicationId: 0x71746b62, // "qtkb"
  version: 1,
  schema: new URL("../broker-schema.sql", import.meta.url),
  unavailable: "BROKER_UNAVAILABLE",
  synchronous: "NORMAL",
};

export interface BrokerEngineParts {
  readonly statements: Statements;
  readonly meta: Meta;
  readonly now: number;
}

type ReadName = "ping" | "epoch";

/** The methods of a broker's engine. */
export class BrokerEngine implements Engine {
  readonly facts: BrokerFacts;
  readonly reads: Pick<Methods<BrokerCalls>, ReadName>;
  readonly writes: Omit<Methods<BrokerCalls>, ReadName>;
  readonly #messages: MessageTable;
  readonly #terms: Terms;
  readonly #meta: Meta;

  constructor({ statements, meta, now }: BrokerEngineParts) {
    this.facts = { brokerId: meta.id("broker_id"), now };
    this.#meta = meta;
    renewEpoch(meta);
    const terms = (this.#terms = new Terms(statements));
    const messages = (this.#messages = new MessageTable(statements, terms));
    this.reads = {
      ping: () => void meta.get("broker_id"),
      epoch: () => meta.id("epoch"),
    };
    this.writes = {
      bind: ({ keyspaceId }) => this.#bind(keyspaceId),
      publish: (params, at) => params.messages.map((message) => messages.publish(message, at)),
      take: (params, at) => this.#take(params, at),
      settle: ({ items }) => items.forEach((item) => messages.settle(item)),
      defer: (params, at) => this.#defer(params, at),
    };
  }

  beforeCommit(): void {}

  afterCommit(): void {}

  afterRollback(): void {
    this.#terms.reload();
    this.#messages.rolledBack();
  }

  beforeClose(): void {
    this.#meta.set("clean", 1);
  }

  #bind(keyspaceId: string): { readonly keyspaceId: string } {
    const bound = this.#meta.get("keyspace_id");
    if (bound !== undefined) return { keyspaceId: String(bound) };
    this.#meta.set("keyspace_id", keyspaceId);
    return { keyspaceId };
  }

  #take({ offers, max, hold, holdMs }: TakeParams, now: number): Taken {
    // A repeat: what is still under this hold.
    const held = this.#heldBy(hold, offers);
    const took = takeReady(this.#messages, {
      offers: offers.map((offer) => this.#lists(offer)),
      max: held.length > 0 ? 0 : max,
      now,
      take: (stored) => {
        this.#messages.hold(stored, hold, now + holdMs);
        held.push(stored.message);
        return "taken";
      },
    });
    const nextDueMs = took.nextDueAt === 0 ? undefined : took.nextDueAt - now;
    return { messages: held, more: took.more, nextDueMs };
  }

  /** In the order of the take. */
  #heldBy(hold: string, offers: readonly Offer[]): Message[] {
    const held = this.#messages.heldBy(hold).map(({ message }) => message);
    return offers.flatMap(({ queue }) => held.filter((message) => message.queue === queue));
  }

  #defer({ items }: BrokerCalls["defer"]["params"], now: number): Message[] {
    return items.flatMap((item) => {
      const message = this.#messages.defer(item, now + item.delayMs, now);
      return message === undefined ? [] : [{ ...message, delayMs: item.delayMs }];
    });
  }

  #lists({ queue, names }: Offer): ListKey[] {
    const known = this.#terms.find(queue);
    if (known === undefined) return [];
    return [...new Set(this.#terms.findAll(names))].map((name) => ({ queue: known, name }));
  }
}

/** Unless the file was closed in order, its last commits may be gone: with them messages. */
function renewEpoch(meta: Meta): void {
  if (meta.get("clean") !== 1) meta.set("epoch", nonce());
  meta.set("clean", 0);
}
