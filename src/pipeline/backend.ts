/**
 * What the pipeline sees of broker and storage: the steps that touch both. A joint backend does each
 * as one transaction, a composed pair in the order that `composed-backend.ts` keeps.
 */
import type { HandedOut, HandOutParams } from "../storage/joint.ts";
import type {
  Change,
  CreateVerdict,
  NewTask,
  Storage,
  Work,
  WriteVerdict,
} from "../storage/storage.ts";

export interface Backend {
  readonly storage: Storage;

  /** Opens both; a pair that can't work together is BACKEND_MISMATCH. Idempotent. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Rejects with the error of the part that can't be reached. */
  ping(): Promise<void>;

  /** Once it answers, created tasks are durable and will be handed out, whatever the broker does. */
  create(tasks: readonly NewTask[]): Promise<readonly CreateVerdict[]>;
  /** Tasks that become waiting by it will be handed out likewise. */
  write(changes: readonly Change[]): Promise<readonly WriteVerdict[]>;
  /** As {@link Joint.handOut}. */
  handOut(params: HandOutParams): Promise<HandedOut>;

  /**
   * Work that became ready or will, from any server; undefined: notices may be missing. A listener gives
   * false where nobody would ask for it now.
   */
  onWork(listener: (work: readonly Work[] | undefined) => unknown): () => void;
}
