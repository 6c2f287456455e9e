/** What a server accepts. Every limit is told to clients by GetSystemInfo or by the error that names it. */
export interface Limits {
  /** One payload, in bytes. Default 1 MiB. */
  readonly maxPayloadBytes: number;
  /** One RPC message, in bytes. Default 4 MiB. */
  readonly maxMessageBytes: number;
  /** Items of one batch. Default 1,000. */
  readonly maxBatch: number;
  /** Default 32. */
  readonly maxLabels: number;
  /** Default 64. */
  readonly maxHeaders: number;
  /** Names and values of all headers of a task, in bytes. Default 8 KiB. */
  readonly maxHeaderBytes: number;
  /** Characters of a task name and of a unique key. Default 255. */
  readonly maxNameLength: number;
  /** Characters of a queue name. Default 100. */
  readonly maxQueueLength: number;
  /** Characters of a task id. Default 128. */
  readonly maxTaskIdLength: number;
  /** Default 64 KiB. */
  readonly maxCheckpointBytes: number;
  /** A failure with its causes; what is longer is shortened. Default 64 KiB. */
  readonly maxFailureBytes: number;
  /** Outputs kept for a task. Default 10,000. */
  readonly maxOutputsPerTask: number;
  /** Bytes of the outputs kept for a task. Default 64 MiB. */
  readonly maxOutputBytesPerTask: number;
  /** Logs kept for a task; older ones are trimmed. Default 1,000. */
  readonly maxLogsPerTask: number;
  /** Longest `wait` of a long poll, in ms. Default 60 s. */
  readonly maxWaitMs: number;
  /** A stream sends a heartbeat this often, in ms. Default 15 s. */
  readonly streamHeartbeatMs: number;
  /** A stream ends by itself after this long, in ms. Default 10 min. */
  readonly maxStreamAgeMs: number;
  /** Streams open at once. Default 10,000. */
  readonly maxStreams: number;
  /** Tasks in the snapshot of WatchTasks. Default 1,000. */
  readonly maxWatchedTasks: number;
  /** Slots of one worker. Default 10,000. */
  readonly maxSlots: number;
  /** Longest duration that a request may name, in ms. Default 10 years. */
  readonly maxDurationMs: number;
}

export const DEFAULT_LIMITS: Limits = Object.freeze({
  maxPayloadBytes: 1 << 20,
  maxMessageBytes: 4 << 20,
  maxBatch: 1_000,
  maxLabels: 32,
  maxHeaders: 64,
  maxHeaderBytes: 8 << 10,
  maxNameLength: 255,
  maxQueueLength: 100,
  maxTaskIdLength: 128,
  maxCheckpointBytes: 64 << 10,
  maxFailureBytes: 64 << 10,
  maxOutputsPerTask: 10_000,
  maxOutputBytesPerTask: 64 << 20,
  maxLogsPerTask: 1_000,
  maxWaitMs: 60_000,
  streamHeartbeatMs: 15_000,
  maxStreamAgeMs: 600_000,
  maxStreams: 10_000,
  maxWatchedTasks: 1_000,
  maxSlots: 10_000,
  maxDurationMs: 10 * 365 * 86_400_000,
});

/** Times of the protocol between servers, workers and backends, in ms. */
export interface Timings {
  /** Workers send Heartbeat this often. Default 5 s. */
  readonly heartbeatIntervalMs: number;
  /** First lease of an attempt, until its delivery is confirmed; at least three heartbeats. Default 15 s. */
  readonly deliveryTimeoutMs: number;
  /** Lease after each renewal. Default 20 s. */
  readonly leaseMs: number;
  /** A session without any call for this long is over. Default 30 s. */
  readonly sessionTtlMs: number;
  /** Longest time between two sweeps of the rescuer. Default 10 s. */
  readonly sweepIntervalMs: number;
  /**
   * Composed pairs: the reconciler looks this often for publishes that did not come through, and takes those
   * for lost that were noted this long ago; a broker that forgot its messages is filled again as soon. Default 5 s.
   */
  readonly reconcileIntervalMs: number;
  /**
   * Composed pairs: a message that a server took and never settled is offered again. Default 15 s; well above the 3 s for
   * which calls are repeated, else others may take what a hand-out has begun to start, and its tasks wait for their lease.
   */
  readonly holdMs: number;
  /** Composed pairs: a storage is free for another broker this long after its last server. Default 15 s. */
  readonly pairingTtlMs: number;
}

export const DEFAULT_TIMINGS: Timings = Object.freeze({
  heartbeatIntervalMs: 5_000,
  deliveryTimeoutMs: 15_000,
  leaseMs: 20_000,
  sessionTtlMs: 30_000,
  sweepIntervalMs: 10_000,
  reconcileIntervalMs: 5_000,
  holdMs: 15_000,
  pairingTtlMs: 15_000,
});
