/** Progress, outputs and logs of running attempts, recorded once however often they are sent. */
import { create, toBinary } from "@bufbuild/protobuf";
import {
  OutputRetry,
  ProgressSchema,
  TaskEventSchema,
  TaskState,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import {
  LeaseStatusSchema,
  LeaseVerdict,
  type AttemptEvent,
  type AttemptEvents,
  type LeaseStatus,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { durationMs, toDuration, toTimestamp } from "../core/duration.ts";
import { QTasksError } from "../core/errors.ts";
import { clip } from "../core/failure.ts";
import { decodeLeaseToken } from "../core/lease.ts";
import type { Limits, Timings } from "../core/limits.ts";
import { leaseEnd, type TaskRecord } from "../core/record.ts";
import { decodeSpec } from "../core/spec.ts";
import { annotate, holds } from "../core/transitions.ts";
import type { StoredEvent } from "../storage/storage.ts";
import { answer, applyChange, change, type Decision } from "./change.ts";
import type { Lanes } from "./lanes.ts";
import type { Leases } from "./leases.ts";

/** A progress message is shortened to this many bytes. */
const MAX_MESSAGE_BYTES = 1_000;

export class AttemptEventRecorder {
  readonly #lanes: Lanes;
  readonly #leases: Leases;
  readonly #limits: Limits;
  readonly #timings: Timings;
  readonly #now: () => number;

  constructor(lanes: Lanes, leases: Leases, limits: Limits, timings: Timings, now: () => number) {
    this.#lanes = lanes;
    this.#leases = leases;
    this.#limits = limits;
    this.#timings = timings;
    this.#now = now;
  }

  /**
   * Records what is new and says how the lease stands; it is renewed by the way. Events beyond a gap
   * are left out, and the outcome is then refused until they came. TOO_MANY_EVENTS over the limits.
   */
  async record(batch: AttemptEvents): Promise<LeaseStatus> {
    const lease = decodeLeaseToken(batch.leaseToken);
    const lost = create(LeaseStatusSchema, {
      leaseToken: batch.leaseToken,
      verdict: LeaseVerdict.LOST,
    });
    if (lease === undefined) return lost;
    const known = this.#leases.get(lease.taskId);
    const after = await applyChange<TaskRecord | undefined>(
      this.#lanes,
      lease.taskId,
      (record) =>
        record === undefined || !holds(record, lease)
          ? answer(undefined)
          : this.#decide(record, batch),
      { known },
    );
    if (after === undefined) return lost;
    this.#leases.update(after);
    const canceling = after.state === TaskState.CANCELING;
    return create(LeaseStatusSchema, {
      leaseToken: batch.leaseToken,
      verdict: canceling ? LeaseVerdict.CANCEL_REQUESTED : LeaseVerdict.HELD,
      leaseTtl: toDuration(Math.max(0, after.leaseEndAt - this.#now())),
      cancelReason: after.cancelReason,
    });
  }

  #decide(record: TaskRecord, batch: AttemptEvents): Decision<TaskRecord> {
    const now = this.#now();
    const fresh = newEvents(record, batch);
    if (fresh.length === 0 && batch.progress === undefined) return answer(record);
    const { events, counts } = this.#number(record, fresh, now);
    const { progress } = batch;
    const after = annotate(record, now, {
      ...counts,
      ...(progress === undefined
        ? {}
        : {
            progress: toBinary(ProgressSchema, {
              ...progress,
              message: clip(progress.message, MAX_MESSAGE_BYTES),
              updateTime: toTimestamp(now),
            }),
          }),
      leaseEndAt: leaseEnd(record, now, this.#timings.leaseMs),
      delivered: true,
    });
    return change({ revision: record.revision, after, events }, after);
  }

  /** Gives the events their sequence; a repeat of an output that an earlier attempt recorded is skipped. */
  #number(record: TaskRecord, fresh: readonly AttemptEvent[], now: number) {
    const skips = skipsRepeats(record);
    const events: StoredEvent[] = [];
    let { eventSequence, attemptOutputs, outputCount, outputBytes } = record;
    for (const event of fresh) {
      const isOutput = event.event.case === "output";
      if (isOutput) attemptOutputs++;
      if (isOutput && skips && attemptOutputs <= outputCount) continue;
      eventSequence++;
      const body = encodeEvent(event, eventSequence, record.attempt, now);
      events.push({ sequence: eventSequence, kind: isOutput ? "output" : "log", body });
      if (!isOutput) continue;
      outputCount++;
      outputBytes += body.length;
    }
    this.#checkOutputs(outputCount, outputBytes);
    const attemptEvents = record.attemptEvents + fresh.length;
    return {
      events,
      counts: { eventSequence, attemptEvents, attemptOutputs, outputCount, outputBytes },
    };
  }

  #checkOutputs(count: number, bytes: number): void {
    const { maxOutputsPerTask, maxOutputBytesPerTask } = this.#limits;
    if (count > maxOutputsPerTask)
      throw tooMany(`a task keeps at most ${maxOutputsPerTask} outputs`);
    if (bytes > maxOutputBytesPerTask)
      throw tooMany(`a task keeps at most ${maxOutputBytesPerTask} bytes of outputs`);
  }
}

function newEvents(record: TaskRecord, batch: AttemptEvents): readonly AttemptEvent[] {
  if (batch.events.length === 0) return [];
  const firstNew = record.attemptEvents + 1;
  const offset = firstNew - Number(batch.firstIndex);
  return offset < 0 ? [] : batch.events.slice(offset);
}

/**
 * With SKIP, as many outputs of the attempt are dropped as were recorded before it. Past that border
 * both counts grow by one with each output, so that comparing them finds it.
 */
function skipsRepeats(record: TaskRecord): boolean {
  return record.outputCount > 0 && decodeSpec(record.spec).options.outputRetry === OutputRetry.SKIP;
}

function encodeEvent(
  event: AttemptEvent,
  sequence: number,
  attempt: number,
  now: number,
): Uint8Array {
  const ageMs = event.age === undefined ? 0 : durationMs(event.age);
  return toBinary(
    TaskEventSchema,
    create(TaskEventSchema, {
      sequence: BigInt(sequence),
      attempt,
      time: toTimestamp(now - ageMs),
      event: event.event,
    }),
  );
}

function tooMany(message: string): QTasksError {
  return new QTasksError("TOO_MANY_EVENTS", message);
}
