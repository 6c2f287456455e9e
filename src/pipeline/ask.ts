/** A poll as it waits for tasks. */
export interface Ask {
  readonly sessionId: string;
  readonly workerId: string;
  readonly names: readonly string[];
  /** What it may take from: the session's, or those of them that the poll names. */
  readonly queues: readonly string[];
  /** The same queues in the order to take from them; unset: in turn. */
  readonly order?: readonly string[] | undefined;
  /** Where the worker stands among its queues. */
  readonly turn: Turn;
  readonly max: number;
  readonly maxBytes: number;
  readonly leaseMs: number;
  readonly delivered: boolean;
  readonly waitMs: number;
  /** Ends the wait with nothing: the caller is gone, the server drains, or there is other news. */
  readonly signal: AbortSignal;
}

export interface Turn {
  /** Queue that gave last: the next hand-out starts after it. */
  lastQueue: string;
}
