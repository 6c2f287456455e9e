/** Between protobuf's Duration and Timestamp and the milliseconds that code counts in. */
import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";

/** Whole ms, rounded up, so that a short but positive duration never becomes none. */
export function durationMs(duration: Duration): number {
  return Number(duration.seconds) * 1000 + Math.ceil(duration.nanos / 1e6);
}

export function toDuration(ms: number): Duration {
  const seconds = Math.trunc(ms / 1000);
  return {
    $typeName: "google.protobuf.Duration",
    seconds: BigInt(seconds),
    nanos: Math.round((ms - seconds * 1000) * 1e6),
  };
}

/** Ms since the epoch, rounded down. */
export function timestampMs(timestamp: Timestamp): number {
  return Number(timestamp.seconds) * 1000 + Math.floor(timestamp.nanos / 1e6);
}

export function toTimestamp(ms: number): Timestamp {
  const seconds = Math.floor(ms / 1000);
  return {
    $typeName: "google.protobuf.Timestamp",
    seconds: BigInt(seconds),
    nanos: Math.round((ms - seconds * 1000) * 1e6),
  };
}

/** A time that is 0 in a record is unset in a message. */
export function optionalTimestamp(ms: number): Timestamp | undefined {
  return ms === 0 ? undefined : toTimestamp(ms);
}
