/** A poll as it waits for tasks. */
export interface Ask {
  readonly sessionId: string;
  readonly workerId: string;
  readonly names: readonly string[];
  readonly queues: readonly string[];
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
