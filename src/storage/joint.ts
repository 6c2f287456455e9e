/**
 * The contract of a joint backend: broker and storage in one, so that taking a task and starting
 * its attempt is one transaction. Its create and write make tasks ready for the hand-out by
 * themselves, and its notices tell of the work.
 */
import type { TaskRecord } from "../core/record.ts";
import type { Storage } from "./storage.ts";

export interface Joint extends Storage {
  /**
   * Takes due tasks of the listed names from the listed queues and starts an attempt of each
   * (`start` in core/transitions.ts): per queue by priority, then `orderAt`, then id; all of the
   * first queue before the second. Tasks past their deadline are passed over. A repeat with the same
   * nonce answers with the same tasks.
   */
  handOut(params: HandOutParams): Promise<HandedOut>;
}

export interface HandOutParams {
  /** Queues to take from, in this order, with the names to take there. */
  readonly offers: readonly Offer[];
  readonly max: number;
  /** Sum of the specs' bytes; the first task is handed out whatever its size. */
  readonly maxBytes: number;
  /** 32 hex digits, made before the call: the leases' nonce. */
  readonly nonce: string;
  readonly sessionId: string;
  readonly workerId: string;
  readonly leaseMs: number;
  /** The attempt is in the same process: its delivery needs no proof. */
  readonly delivered: boolean;
}

export interface Offer {
  readonly queue: string;
  readonly names: readonly string[];
}

export interface HandedOut {
  readonly records: readonly TaskRecord[];
  /** Due tasks of these offers are left, for the next poll. */
  readonly more: boolean;
  /** When the next task of these offers becomes due, at the earliest; 0: none is known. */
  readonly nextDueAt: number;
}
