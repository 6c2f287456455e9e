/**
 * The packed form of a record: a head of fixed size, which scripts inside a datastore can patch
 * at known offsets, then the parts of varying length.
 *
 *   head | name | queue | tags | spec | worker | session | rest
 *
 * Numbers are little-endian. All up to and including the spec never changes, so that a write sends
 * head and tail only and the datastore keeps the middle. The rest, where there is any, is sections: cancel reason,
 * result, failure, progress, checkpoint, then each ended attempt. Written by record-writer.ts, read by record-reader.ts.
 */

/** Offsets in the head. `u8`, `i32`, `u32`, `f64` as in DataView; the nonce is 16 raw bytes. */
export const HEAD = {
  version: 0, // u8
  state: 1, // u8
  flags: 2, // u8, bit 0: delivered
  priority: 4, // i32
  attempt: 8, // u32
  charged: 12,
  lost: 16,
  undelivered: 20,
  manualRetries: 24,
  attemptEvents: 28,
  attemptOutputs: 32,
  outputCount: 36,
  outputBytes: 40,
  nameLength: 44,
  queueLength: 48,
  tagsLength: 52,
  specLength: 56,
  workerLength: 60,
  sessionLength: 64,
  stamp: 68,
  revision: 72, // f64 from here on
  createdAt: 80,
  dueAt: 88,
  orderAt: 96,
  startedAt: 104,
  attemptStartedAt: 112,
  updatedAt: 120,
  endedAt: 128,
  purgeAt: 136,
  pendingDeadlineAt: 144,
  totalDeadlineAt: 152,
  attemptDeadlineAt: 160,
  leaseEndAt: 168,
  forceAt: 176,
  attemptTimeoutMs: 184,
  retentionMs: 192,
  eventSequence: 200,
  nonce: 208,
  size: 224,
} as const;

/** The first byte of a record. */
export const VERSION = 1;
/** Bytes before a section: its length and one, or 0 where it is unset, so that an empty one can be told from none. */
export const SECTION_HEAD_BYTES = 4;
