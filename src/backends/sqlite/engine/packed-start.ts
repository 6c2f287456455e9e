import { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { HEAD } from "../../../core/record-codec.ts";
import { leaseEnd } from "../../../core/record.ts";
import { isStartable, type StartParams } from "../../../core/transitions.ts";
import { tailStart } from "./split-record.ts";

/** A started record: all but its tail, and its tail. */
export interface PackedStart {
  readonly head: Buffer;
  readonly headAndMiddle: Buffer;
  readonly tail: Buffer;
}

/**
 * `isStartable` and `start` of core/transitions.ts on packed records: patches the heads, where decoding and encoding
 * every field would cost more than all of the SQL.
 */
export class PackedStarts {
  readonly #params: StartParams;
  readonly #workerBytes: number;
  readonly #sessionBytes: number;
  /** What a tail starts with: all of it, where the record has no rest. */
  readonly #holder: Buffer;

  constructor(params: StartParams) {
    this.#params = params;
    const { workerId, sessionId } = params;
    this.#holder = Buffer.from(workerId + sessionId);
    this.#workerBytes = Buffer.byteLength(workerId);
    this.#sessionBytes = this.#holder.length - this.#workerBytes;
  }

  /** Changes `record`; undefined, and unchanged, where the task may not be handed out. */
  start(record: Buffer): PackedStart | undefined {
    const deadlines = deadlinesOf(record);
    if (!isStartable(deadlines, this.#params.now)) return undefined;
    const middleEnd = tailStart(record);
    const tail = this.#tail(record, middleEnd);
    this.#patch(record, deadlines);
    return {
      head: record.subarray(0, HEAD.size),
      headAndMiddle: record.subarray(0, middleEnd),
      tail,
    };
  }

  #tail(record: Buffer, start: number): Buffer {
    const rest =
      start + record.readUInt32LE(HEAD.workerLength) + record.readUInt32LE(HEAD.sessionLength);
    return rest === record.length
      ? this.#holder
      : Buffer.concat([this.#holder, record.subarray(rest)]);
  }

  #patch(record: Buffer, deadlines: Deadlines): void {
    const { now, leaseMs, nonce, delivered } = this.#params;
    const head = new DataView(record.buffer, record.byteOffset, HEAD.size);
    const count = (offset: number): void =>
      head.setUint32(offset, head.getUint32(offset, true) + 1, true);
    const timeoutMs = head.getFloat64(HEAD.attemptTimeoutMs, true);
    const attemptDeadlineAt = timeoutMs === 0 ? 0 : now + timeoutMs;
    const { totalDeadlineAt } = deadlines;
    head.setUint8(HEAD.state, TaskState.RUNNING);
    head.setUint8(HEAD.flags, delivered ? 1 : 0);
    count(HEAD.attempt);
    count(HEAD.charged);
    head.setUint32(HEAD.attemptEvents, 0, true);
    head.setUint32(HEAD.attemptOutputs, 0, true);
    head.setUint32(HEAD.workerLength, this.#workerBytes, true);
    head.setUint32(HEAD.sessionLength, this.#sessionBytes, true);
    head.setFloat64(HEAD.revision, head.getFloat64(HEAD.revision, true) + 1, true);
    if (deadlines.startedAt === 0) head.setFloat64(HEAD.startedAt, now, true);
    head.setFloat64(HEAD.attemptStartedAt, now, true);
    head.setFloat64(HEAD.updatedAt, now, true);
    head.setFloat64(HEAD.attemptDeadlineAt, attemptDeadlineAt, true);
    const leaseEndAt = leaseEnd({ attemptDeadlineAt, totalDeadlineAt }, now, leaseMs);
    head.setFloat64(HEAD.leaseEndAt, leaseEndAt, true);
    head.setFloat64(HEAD.forceAt, 0, true);
    record.write(nonce, HEAD.nonce, 16, "hex");
  }
}

type Deadlines = Parameters<typeof isStartable>[0];

function deadlinesOf(record: Buffer): Deadlines {
  return {
    state: record[HEAD.state] as TaskState,
    dueAt: record.readDoubleLE(HEAD.dueAt),
    startedAt: record.readDoubleLE(HEAD.startedAt),
    pendingDeadlineAt: record.readDoubleLE(HEAD.pendingDeadlineAt),
    totalDeadlineAt: record.readDoubleLE(HEAD.totalDeadlineAt),
  };
}
