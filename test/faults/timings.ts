/** Times of the protocol in the suite: a tenth of the usual, so that many faults fit into a minute. */
import type { Timings } from "../../src/core/limits.ts";

export const TIMINGS: Timings = Object.freeze({
  heartbeatIntervalMs: 500,
  deliveryTimeoutMs: 1_500,
  leaseMs: 2_000,
  sessionTtlMs: 3_000,
  sweepIntervalMs: 1_000,
  reconcileIntervalMs: 500,
  holdMs: 1_500,
  pairingTtlMs: 1_500,
});

/** Frozen this long, in ms, a worker has lost its leases, and others have its tasks. */
export const ZOMBIE_MS =
  TIMINGS.leaseMs + TIMINGS.sweepIntervalMs + 2 * TIMINGS.heartbeatIntervalMs;
