/** Reads packed records of tasks: see packed-task.ts. */
import type { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { NONCE_BYTES, readNonce } from "../../core/nonce-codec.ts";
import type { TaskRecord } from "../../core/record.ts";
import { RepeatedText } from "../../core/repeated-text.ts";
import { NO_TAIL, readTail } from "./packed-tail.ts";
import { ATTEMPT, DELIVERED, HEAD, VERSION } from "./packed-task.ts";
import { getU48 } from "./u48.ts";

const NO_TAGS: readonly string[] = [];
const NO_BYTES = Buffer.alloc(0);

/** Reads the same as an attempt part would in which nothing is set. */
const NO_ATTEMPT = new DataView(new ArrayBuffer(ATTEMPT.size));

/** Reads one record. The bytes of spec, result and the like are views into `bytes`. */
export function decodeTask(id: string, bytes: Buffer): TaskRecord {
  return new TaskReader().read(id, bytes);
}

/** Reads records that mostly stand in the same memory, as those of one answer do. */
export class TaskReader {
  readonly #names = new RepeatedText("utf8");
  readonly #queues = new RepeatedText("utf8");
  readonly #nonces = new RepeatedText("hex");
  readonly #workers = new RepeatedText("utf8");
  readonly #sessions = new RepeatedText("utf8");
  #bytes: Buffer = NO_BYTES;
  #view: DataView = NO_ATTEMPT;

  /** The record in these bytes; those of spec, result and the like are views into them. Throws for an unknown version. */
  read(id: string, packed: Buffer): TaskRecord {
    if (packed.buffer !== this.#bytes.buffer) {
      this.#bytes = Buffer.from(packed.buffer);
      this.#view = new DataView(packed.buffer);
    }
    const bytes = this.#bytes;
    const view = this.#view;
    const from = packed.byteOffset;
    const to = from + packed.length;
    const version = bytes[from + HEAD.version];
    if (version !== VERSION) throw new Error(`record of task ${id} has unknown version ${version}`);
    const attemptFrom = from + HEAD.size;
    const nameFrom = attemptFrom + view.getUint16(from + HEAD.attemptLength, true);
    const queueFrom = nameFrom + view.getUint16(from + HEAD.nameLength, true);
    const tagsFrom = queueFrom + view.getUint16(from + HEAD.queueLength, true);
    const specTo = nameFrom + view.getUint32(from + HEAD.middleLength, true);
    const specFrom = specTo - view.getUint32(from + HEAD.specLength, true);
    const hasAttempt = nameFrom > attemptFrom;
    const attempt = hasAttempt ? view : NO_ATTEMPT;
    const at = hasAttempt ? attemptFrom : 0;
    const nonceFrom = attemptFrom + ATTEMPT.nonce;
    const workerFrom = attemptFrom + ATTEMPT.size;
    const sessionFrom = workerFrom + attempt.getUint16(at + ATTEMPT.workerLength, true);
    const sessionTo = sessionFrom + attempt.getUint16(at + ATTEMPT.sessionLength, true);
    const tail = specTo === to ? NO_TAIL : readTail(bytes, view, specTo, to);
    // One literal, in the order of the interface: all records have the same shape then.
    return {
      id,
      name: this.#names.read(bytes, nameFrom, queueFrom),
      queue: this.#queues.read(bytes, queueFrom, tagsFrom),
      spec: bytes.subarray(specFrom, specTo),
      tags:
        specFrom === tagsFrom ? NO_TAGS : bytes.toString("utf8", tagsFrom, specFrom).split("\n"),
      attemptTimeoutMs: getU48(view, from + HEAD.attemptTimeoutMs),
      retentionMs: getU48(view, from + HEAD.retentionMs),
      createdAt: getU48(view, from + HEAD.createdAt),
      state: bytes[from + HEAD.state] as TaskState,
      revision: getU48(view, from + HEAD.revision),
      stamp: view.getUint32(from + HEAD.stamp, true),
      priority: view.getInt16(from + HEAD.priority, true),
      dueAt: getU48(view, from + HEAD.dueAt),
      orderAt: getU48(view, from + HEAD.orderAt),
      startedAt: getU48(attempt, at + ATTEMPT.startedAt),
      updatedAt: getU48(view, from + HEAD.updatedAt),
      endedAt: getU48(attempt, at + ATTEMPT.endedAt),
      purgeAt: getU48(attempt, at + ATTEMPT.purgeAt),
      pendingDeadlineAt: getU48(view, from + HEAD.pendingDeadlineAt),
      totalDeadlineAt: getU48(view, from + HEAD.totalDeadlineAt),
      attempt: attempt.getUint32(at + ATTEMPT.attempt, true),
      charged: attempt.getUint32(at + ATTEMPT.charged, true),
      lost: tail.lost,
      undelivered: tail.undelivered,
      manualRetries: tail.manualRetries,
      nonce: hasAttempt
        ? readNonce(this.#nonces.read(bytes, nonceFrom, nonceFrom + NONCE_BYTES))
        : "",
      leaseEndAt: getU48(attempt, at + ATTEMPT.leaseEndAt),
      delivered: (bytes[from + HEAD.flags]! & DELIVERED) !== 0,
      attemptStartedAt: getU48(attempt, at + ATTEMPT.attemptStartedAt),
      attemptDeadlineAt: getU48(attempt, at + ATTEMPT.attemptDeadlineAt),
      forceAt: getU48(attempt, at + ATTEMPT.forceAt),
      workerId: hasAttempt ? this.#workers.read(bytes, workerFrom, sessionFrom) : "",
      sessionId: hasAttempt ? this.#sessions.read(bytes, sessionFrom, sessionTo) : "",
      eventSequence: tail.eventSequence,
      attemptEvents: attempt.getUint32(at + ATTEMPT.attemptEvents, true),
      attemptOutputs: attempt.getUint32(at + ATTEMPT.attemptOutputs, true),
      outputCount: tail.outputCount,
      outputBytes: tail.outputBytes,
      cancelReason: tail.cancelReason,
      result: tail.result,
      failure: tail.failure,
      progress: tail.progress,
      checkpoint: tail.checkpoint,
      ended: tail.ended,
    };
  }
}
