/** A started attempt as its worker gets it. */
import { fromBinary } from "@bufbuild/protobuf";
import { FailureSchema, PayloadSchema } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { LeasedTask } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { toDuration, toTimestamp } from "../core/duration.ts";
import { encodeLeaseToken } from "../core/lease.ts";
import type { TaskRecord } from "../core/record.ts";
import type { SpecCodec } from "../core/spec-codec.ts";

/** Token, times and counters of a leased task take less than this on the wire, beside its ids, in bytes. */
const BASE_BYTES = 160;

/** The lease token of a record's current attempt. */
export function tokenOf(record: TaskRecord): Uint8Array {
  return encodeLeaseToken({ taskId: record.id, attempt: record.attempt, nonce: record.nonce });
}

export function leasedTask(record: TaskRecord, now: number, specs: SpecCodec): LeasedTask {
  const { checkpoint, failure } = record;
  const ttlMs = attemptTtlMs(record, now);
  return {
    $typeName: "qtasksapi.v1.LeasedTask",
    leaseToken: tokenOf(record),
    fencingToken: BigInt(record.attempt),
    taskId: record.id,
    spec: specs.decode(record.spec),
    attempt: record.attempt,
    createTime: toTimestamp(record.createdAt),
    leaseTtl: toDuration(Math.max(0, record.leaseEndAt - now)),
    attemptTtl: ttlMs === Infinity ? undefined : toDuration(ttlMs),
    checkpoint: checkpoint === undefined ? undefined : fromBinary(PayloadSchema, checkpoint),
    previousFailure: failure === undefined ? undefined : fromBinary(FailureSchema, failure),
    outputCount: BigInt(record.outputCount),
  };
}

/** The limit of one attempt is its worker's from the hand-out on: what the start took does not count against it. */
function attemptTtlMs({ attemptTimeoutMs, totalDeadlineAt }: TaskRecord, now: number): number {
  const totalMs = totalDeadlineAt === 0 ? Infinity : Math.max(0, totalDeadlineAt - now);
  return attemptTimeoutMs === 0 ? totalMs : Math.min(attemptTimeoutMs, totalMs);
}

/** How many of the records, from the first, fit into an answer of `maxBytes`; at least one. */
export function countLeasable(records: readonly TaskRecord[], maxBytes: number): number {
  let bytes = 0;
  const count = records.findIndex((record, index) => {
    bytes += leasedBytes(record);
    return index > 0 && bytes > maxBytes;
  });
  return count === -1 ? records.length : count;
}

/** An upper estimate of {@link leasedTask} on the wire. The hand-out itself knows the specs' bytes only. */
function leasedBytes(record: TaskRecord): number {
  const { spec, checkpoint, failure, id } = record;
  return (
    BASE_BYTES + 2 * id.length + spec.length + (checkpoint?.length ?? 0) + (failure?.length ?? 0)
  );
}
