/** Where the data of a backend is: what a test opens, closes, and opens again. */
import type { Broker } from "../../../src/broker/broker.ts";
import type { PipelineOptions } from "../../../src/pipeline/pipeline.ts";
import type { Joint } from "../../../src/storage/joint.ts";

/** The data of one component, apart from all others: a file of its own, a random prefix. */
export interface Shelf<Component> {
  /** A component over the data, not started. In memory a storage is the same one each time, a broker a new one. */
  open(): Component;
  /** Deletes the data; every component is stopped by then. */
  clear(): Promise<void>;
  /** Takes all data away, where several may use it also under what is open. */
  empty(): Promise<void>;
}

export type StorageShelf = Shelf<Joint>;
export type BrokerShelf = Shelf<Broker>;

/** The data of one backend: one shelf that is both, or two. */
export type Place =
  | { readonly kind: "joint"; readonly storage: StorageShelf }
  | { readonly kind: "composed"; readonly storage: StorageShelf; readonly broker: BrokerShelf };

/** A backend that suites run on. */
export interface Candidate {
  readonly name: string;
  readonly kind: Place["kind"];
  /** Several servers may use it at once. */
  readonly isShared: boolean;
  /** Its broker may lose everything while it is open. */
  readonly canLoseMessages: boolean;
  /**
   * The parts of the joint suite run on the pair. Each storage and each broker is in a pair that runs them; pairs
   * of two slow halves need not.
   */
  readonly runsJointParts: boolean;
  /** A fresh place for one test. */
  readonly setup: PlaceSetup;
}

export type PlaceSetup = () => Promise<Place>;

/** What a pipeline is given. */
export type Parts = PipelineOptions["backend"];

/** New components over the place's data, not started. */
export function openParts(place: Place): Parts {
  const storage = place.storage.open();
  return place.kind === "joint" ? { joint: storage } : { storage, broker: place.broker.open() };
}

export async function clearPlace(place: Place): Promise<void> {
  await place.storage.clear();
  if (place.kind === "composed") await place.broker.clear();
}
