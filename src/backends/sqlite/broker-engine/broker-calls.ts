/** The broker's calls as they cross the threads. */
import type { Deferred, Held, Message, Taken, TakeParams } from "../../../broker/broker.ts";

export interface BrokerFacts {
  readonly brokerId: string;
  readonly now: number;
}

export type BrokerCalls = {
  ping: { params: undefined; answer: void };
  epoch: { params: undefined; answer: string };
  bind: { params: { readonly keyspaceId: string }; answer: { readonly keyspaceId: string } };
  /** Whether each message was news. */
  publish: { params: { readonly messages: readonly Message[] }; answer: readonly boolean[] };
  take: { params: TakeParams; answer: Taken };
  settle: { params: { readonly items: readonly Held[] }; answer: void };
  /** The messages that were given back, with their new delays. */
  defer: { params: { readonly items: readonly Deferred[] }; answer: readonly Message[] };
};
