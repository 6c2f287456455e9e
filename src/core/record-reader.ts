/** Reads packed records: see record-codec.ts. */
import type { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { viewOf } from "./bytes.ts";
import { readEnded } from "./ended-codec.ts";
import { NONCE_BYTES, readNonce } from "./nonce-codec.ts";
import { HEAD, SECTION_HEAD_BYTES, VERSION } from "./record-codec.ts";
import type { EndedAttempt, TaskRecord } from "./record.ts";
import { RepeatedText } from "./repeated-text.ts";

/** Reads one record. The bytes of spec, result and the like are views into `bytes`. */
export function decodeRecord(id: string, bytes: Buffer): TaskRecord {
  return new RecordReader(bytes).read(id, 0, bytes.length);
}

/** Reads the records that stand in one piece of bytes; those of spec, result and the like are views into it. */
export class RecordReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #names = new RepeatedText("utf8");
  readonly #queues = new RepeatedText("utf8");
  readonly #nonces = new RepeatedText("hex");
  readonly #workers = new RepeatedText("utf8");
  readonly #sessions = new RepeatedText("utf8");

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }

  /** The record in the bytes from `from` to `to`. Throws where it is of an unknown version. */
  read(id: string, from: number, to: number): TaskRecord {
    const bytes = this.#bytes;
    const view = this.#view;
    const version = bytes[from + HEAD.version];
    if (version !== VERSION) throw new Error(`record of task ${id} has unknown version ${version}`);
    const nameFrom = from + HEAD.size;
    const queueFrom = nameFrom + view.getUint32(from + HEAD.nameLength, true);
    const tagsFrom = queueFrom + view.getUint32(from + HEAD.queueLength, true);
    const specFrom = tagsFrom + view.getUint32(from + HEAD.tagsLength, true);
    const workerFrom = specFrom + view.getUint32(from + HEAD.specLength, true);
    const sessionFrom = workerFrom + view.getUint32(from + HEAD.workerLength, true);
    const restFrom = sessionFrom + view.getUint32(from + HEAD.sessionLength, true);
    const rest = restFrom === to ? NO_REST : this.#rest(restFrom, to);
    // One literal, in the order of the interface: all records have the same shape then.
    return {
      id,
      name: this.#names.read(bytes, nameFrom, queueFrom),
      queue: this.#queues.read(bytes, queueFrom, tagsFrom),
      spec: bytes.subarray(specFrom, workerFrom),
      tags: specFrom === tagsFrom ? [] : bytes.toString("utf8", tagsFrom, specFrom).split("\n"),
      attemptTimeoutMs: view.getFloat64(from + HEAD.attemptTimeoutMs, true),
      retentionMs: view.getFloat64(from + HEAD.retentionMs, true),
      createdAt: view.getFloat64(from + HEAD.createdAt, true),
      state: bytes[from + HEAD.state] as TaskState,
      revision: view.getFloat64(from + HEAD.revision, true),
      stamp: view.getUint32(from + HEAD.stamp, true),
      priority: view.getInt32(from + HEAD.priority, true),
      dueAt: view.getFloat64(from + HEAD.dueAt, true),
      orderAt: view.getFloat64(from + HEAD.orderAt, true),
      startedAt: view.getFloat64(from + HEAD.startedAt, true),
      updatedAt: view.getFloat64(from + HEAD.updatedAt, true),
      endedAt: view.getFloat64(from + HEAD.endedAt, true),
      purgeAt: view.getFloat64(from + HEAD.purgeAt, true),
      pendingDeadlineAt: view.getFloat64(from + HEAD.pendingDeadlineAt, true),
      totalDeadlineAt: view.getFloat64(from + HEAD.totalDeadlineAt, true),
      attempt: view.getUint32(from + HEAD.attempt, true),
      charged: view.getUint32(from + HEAD.charged, true),
      lost: view.getUint32(from + HEAD.lost, true),
      undelivered: view.getUint32(from + HEAD.undelivered, true),
      manualRetries: view.getUint32(from + HEAD.manualRetries, true),
      nonce: readNonce(
        this.#nonces.read(bytes, from + HEAD.nonce, from + HEAD.nonce + NONCE_BYTES),
      ),
      leaseEndAt: view.getFloat64(from + HEAD.leaseEndAt, true),
      delivered: (bytes[from + HEAD.flags]! & 1) === 1,
      attemptStartedAt: view.getFloat64(from + HEAD.attemptStartedAt, true),
      attemptDeadlineAt: view.getFloat64(from + HEAD.attemptDeadlineAt, true),
      forceAt: view.getFloat64(from + HEAD.forceAt, true),
      workerId: this.#workers.read(bytes, workerFrom, sessionFrom),
      sessionId: this.#sessions.read(bytes, sessionFrom, restFrom),
      eventSequence: view.getFloat64(from + HEAD.eventSequence, true),
      attemptEvents: view.getUint32(from + HEAD.attemptEvents, true),
      attemptOutputs: view.getUint32(from + HEAD.attemptOutputs, true),
      outputCount: view.getUint32(from + HEAD.outputCount, true),
      outputBytes: view.getUint32(from + HEAD.outputBytes, true),
      cancelReason: rest.cancelReason,
      result: rest.result,
      failure: rest.failure,
      progress: rest.progress,
      checkpoint: rest.checkpoint,
      ended: rest.ended,
    };
  }

  #rest(from: number, to: number): Rest {
    let at = from;
    const section = (): Buffer | undefined => {
      const length = this.#view.getUint32(at, true);
      const start = at + SECTION_HEAD_BYTES;
      at = length === 0 ? start : start + length - 1;
      return length === 0 ? undefined : this.#bytes.subarray(start, at);
    };
    const rest = {
      cancelReason: section()?.toString("utf8") ?? "",
      result: section(),
      failure: section(),
      progress: section(),
      checkpoint: section(),
      ended: [] as EndedAttempt[],
    };
    while (at < to) rest.ended.push(readEnded(section()!));
    return rest;
  }
}

type Rest = Pick<
  TaskRecord,
  "cancelReason" | "result" | "failure" | "progress" | "checkpoint" | "ended"
>;

const NO_REST: Rest = {
  cancelReason: "",
  result: undefined,
  failure: undefined,
  progress: undefined,
  checkpoint: undefined,
  ended: [],
};
