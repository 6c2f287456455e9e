/** The storage's calls as they cross the threads: as in the contract, with records and payloads packed. */
import type { HandOutParams } from "../../../storage/joint.ts";
import type * as contract from "../../../storage/storage.ts";
import type { Packed } from "../packed.ts";

export interface StorageFacts {
  readonly keyspaceId: string;
  /** Where the clock goes on from. */
  readonly now: number;
}

/** Records in full: head, middle and tail of each. */
export interface PackedRecords {
  readonly ids: readonly string[];
  readonly packed: Packed;
}

export interface PackedCreate extends PackedRecords {
  /** Empty where no task has a claim. */
  readonly claims: readonly (contract.UniqueClaim | undefined)[];
  readonly intentId: string | undefined;
}

/** Verdicts in order; those that come with a record take the next one. */
export interface PackedVerdicts<Kind extends string> extends PackedRecords {
  readonly kinds: readonly Kind[];
}

/**
 * Two pieces for each change, its head and its tail; then the bodies of all events. Lists rather than an object for
 * each change: a structured clone of a hundred such objects takes 100 us, of these lists 10.
 */
export interface PackedWrite extends PackedRecords {
  readonly revisions: readonly number[];
  /** Empty where no change is bound to the end of a lease. */
  readonly leaseEnds: readonly (number | undefined)[];
  /** Empty where no change has a claim. */
  readonly claims: readonly (contract.UniqueClaim | undefined)[];
  /** Empty where no change has events. */
  readonly events: readonly (readonly EventHead[])[];
  readonly intentId: string | undefined;
}

export interface EventHead {
  readonly sequence: number;
  readonly kind: contract.StoredEvent["kind"];
}

/** "missing": a conflict with a task that is gone. */
export type WriteKind = "applied" | "repeated" | "conflict" | "missing" | "held";

export interface PackedEvents {
  readonly heads: readonly EventHead[];
  readonly packed: Packed;
  readonly more: boolean;
}

/** The filter is an encoded TaskFilter: messages don't survive a structured clone. */
export type ListCall = Omit<contract.ListParams, "filter"> & { readonly filter: Uint8Array };

export interface CountCall {
  readonly filter: Uint8Array;
  readonly maxExamined: number;
}

type Ids = { readonly ids: readonly string[] };

export type StorageCalls = {
  ping: { params: undefined; answer: void };
  create: { params: PackedCreate; answer: PackedVerdicts<contract.CreateVerdict["kind"]> };
  read: { params: Ids; answer: PackedRecords };
  write: { params: PackedWrite; answer: PackedVerdicts<WriteKind> };
  renew: {
    params: { readonly renewals: readonly contract.Renewal[] };
    answer: readonly contract.RenewVerdict[];
  };
  remove: {
    params: { readonly items: readonly contract.TaskVersion[] };
    answer: PackedVerdicts<contract.RemoveVerdict["kind"]>;
  };
  events: { params: contract.EventsParams; answer: PackedEvents };
  list: { params: ListCall; answer: PackedRecords & Pick<contract.ListPage, "next"> };
  count: { params: CountCall; answer: contract.TaskCount };
  queueStats: {
    params: { readonly queues: readonly string[] };
    answer: readonly contract.QueueStats[];
  };
  overdue: { params: { readonly limit: number }; answer: PackedRecords & { nextAt: number } };
  purge: { params: { readonly limit: number }; answer: contract.Purged };
  intents: {
    params: { readonly minAgeMs: number; readonly limit: number };
    answer: readonly contract.Intent[];
  };
  dropIntents: { params: Ids; answer: void };
  handOut: {
    params: HandOutParams;
    answer: PackedRecords & { more: boolean; nextDueAt: number; repeated: boolean };
  };
  getDocuments: {
    params: { readonly keys: readonly contract.DocumentKey[] };
    answer: readonly (contract.Document | undefined)[];
  };
  listDocuments: { params: { readonly kind: string }; answer: readonly contract.Document[] };
  putDocuments: {
    params: { readonly items: readonly contract.DocumentPut[] };
    answer: readonly contract.DocumentVerdict[];
  };
  removeDocuments: {
    params: { readonly keys: readonly contract.DocumentKey[] };
    /** Those that there were. */
    answer: readonly contract.DocumentKey[];
  };
};
