/**
 * The contract of a broker in a composed pair: which task is taken next. It knows no state and no
 * payload, may lose or repeat messages, and is refilled from the storage; the only effect is delay.
 *
 * For every method: batches, and safe to repeat with the same arguments. A datastore that can't be
 * reached is a QTasksError BROKER_UNAVAILABLE.
 */
import type { Offer } from "../storage/joint.ts";
import type { Work } from "../storage/storage.ts";

export interface Broker {
  readonly capabilities: BrokerCapabilities;
  /** Names the broker's data. After start. */
  readonly brokerId: string;

  start(): Promise<void>;
  stop(): Promise<void>;
  ping(): Promise<void>;

  /** Changes when messages may be gone: the reconciler then publishes all that waits. */
  epoch(): Promise<string>;
  /** Ties the broker to a storage for good and answers the id that it is tied to: the first one wins. */
  bind(params: { readonly keyspaceId: string }): Promise<{ readonly keyspaceId: string }>;

  /** Adds messages. One of a higher generation replaces the task's message and its hold; others are no-ops. */
  publish(params: { readonly messages: readonly Message[] }): Promise<void>;
  /**
   * Takes due messages, as {@link Joint.handOut} orders them, and holds each for `holdMs`; then it is
   * offered again. A repeat answers with the messages that are under this hold, where there are any.
   */
  take(params: TakeParams): Promise<Taken>;
  /** Drops messages that are under this hold and generation; others are left alone. */
  settle(params: { readonly items: readonly Held[] }): Promise<void>;
  /** Gives messages under this hold back, to be due in `delayMs` with their old place. */
  defer(params: { readonly items: readonly Deferred[] }): Promise<void>;

  /** Notices of work of every server's publishes. Returns the function that ends it. */
  subscribe(listener: (notice: BrokerNotice) => void): () => void;
}

export interface BrokerCapabilities {
  /** Several servers may use it at once. */
  readonly distributed: boolean;
}

export interface Message {
  readonly taskId: string;
  /** Revision of the record with which the task became waiting. */
  readonly generation: number;
  readonly queue: string;
  readonly name: string;
  readonly priority: number;
  /** Ms since the epoch. */
  readonly orderAt: number;
  /** How long until it is due, in ms, by no clock in particular: brokers and storages share none. */
  readonly delayMs: number;
}

export interface TakeParams {
  readonly offers: readonly Offer[];
  readonly max: number;
  /** 32 hex digits, made before the call; names the hold of every message taken. */
  readonly hold: string;
  readonly holdMs: number;
}

export interface Taken {
  readonly messages: readonly Message[];
  readonly more: boolean;
  /** In how many ms the next message of these offers becomes due, beside those taken; undefined: none is known. */
  readonly nextDueMs: number | undefined;
}

export interface Held {
  readonly taskId: string;
  readonly generation: number;
  readonly hold: string;
}

export interface Deferred extends Held {
  readonly delayMs: number;
}

export type BrokerNotice =
  { readonly kind: "work"; readonly work: readonly BrokerWork[] } | { readonly kind: "gap" };

/** As {@link Work}, with the time until it is due. */
export interface BrokerWork extends Omit<Work, "dueAt"> {
  readonly delayMs: number;
}
