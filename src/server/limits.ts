/** Sizes and counts that both listeners hold to. */

/** Limits of the edge; the rest of the limits are the services'. */
export interface EdgeLimits {
  /** Bytes of one message, either way. @default 4 MiB */
  readonly maxMessageBytes: number;
  /** Calls under way at once on one HTTP/2 connection. @default 10,000 */
  readonly maxConcurrentStreams: number;
  /** The longest deadline that the HTTP listener takes, in ms. @default 24 h */
  readonly maxTimeoutMs: number;
}

export const DEFAULT_LIMITS: EdgeLimits = Object.freeze({
  maxMessageBytes: 4 * 1024 * 1024,
  maxConcurrentStreams: 10_000,
  maxTimeoutMs: 24 * 60 * 60 * 1000,
});

/**
 * Node closes an HTTP/2 connection, with every call on it, after 1,000 quick cancels and then 33 a
 * second. Clients of a task service do cancel waits in bulk, so the allowance is larger.
 */
export const STREAM_RESETS = Object.freeze({ streamResetBurst: 20_000, streamResetRate: 2_000 });

/** What a message may be beyond the limit before it isn't read at all: its frame and fields. */
export const MESSAGE_OVERHEAD_BYTES = 64 * 1024;
