/**
 * The record of a task as Redis keeps it: one string, made small for what waits and cheap for scripts.
 *
 *   head | attempt | name | queue | tags | spec | tail
 *
 * The head has a fixed size. What only a task has that was handed out or has ended is in the attempt part, and what few have
 * is in the tail; both are empty where all of it is unset. Name to spec are the *middle*, which never changes and need not be
 * sent again. Numbers are little-endian. Written by pack-task.ts, read by unpack-task.ts.
 */

/**
 * Offsets in the head; a field ends where the next one starts. Of 1, 2, 4 or 6 bytes, unsigned save the priority. What
 * scripts read and rewrite most comes first.
 */
export const HEAD = {
  version: 0,
  state: 1,
  /** Bit 0: delivered; bit 1: there are, or were, events. */
  flags: 2,
  /** Bytes of the attempt part. */
  attemptLength: 3,
  /** Bytes of the middle. */
  middleLength: 5,
  specLength: 9,
  revision: 13,
  updatedAt: 19,
  attemptTimeoutMs: 25,
  pendingDeadlineAt: 31,
  totalDeadlineAt: 37,
  stamp: 43,
  priority: 47,
  orderAt: 49,
  dueAt: 55,
  createdAt: 61,
  retentionMs: 67,
  nameLength: 73,
  queueLength: 75,
  size: 77,
} as const;

/** Offsets in the attempt part; worker and session follow. The nonce is 16 raw bytes. */
export const ATTEMPT = {
  attempt: 0,
  charged: 4,
  startedAt: 8,
  leaseEndAt: 14,
  forceAt: 20,
  attemptDeadlineAt: 26,
  attemptStartedAt: 32,
  endedAt: 38,
  purgeAt: 44,
  attemptEvents: 50,
  attemptOutputs: 54,
  workerLength: 58,
  sessionLength: 60,
  nonce: 62,
  size: 78,
} as const;

/** Bits of the flags. */
export const DELIVERED = 1;
export const EVENTS = 2;
/** The first byte of a record. */
export const VERSION = 2;
/** Added to the version of a record that is sent without its middle. */
export const WITHOUT_MIDDLE = 0x80;
