/** Outcomes of attempts: the first compare-and-set wins, and each keeps who made it. */
import { AttemptState, FailureKind, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { OutcomeVerdict, type Outcome } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { durationMs } from "../core/duration.ts";
import { QTasksError } from "../core/errors.ts";
import { clip, shortenFailure } from "../core/failure.ts";
import { decodeLeaseToken, type Lease } from "../core/lease.ts";
import type { Limits } from "../core/limits.ts";
import { encodePayload } from "../core/payload-codec.ts";
import { payloadBytes } from "../core/payload.ts";
import type { TaskRecord } from "../core/record.ts";
import { endedAs, holds, succeed } from "../core/transitions.ts";
import { afterCancel, afterFailure, afterRelease, type End } from "./aftermath.ts";
import { answer, applyChange, change, follow, type Decision } from "./change.ts";
import type { Lanes } from "./lanes.ts";
import type { Leases } from "./leases.ts";

/** Reasons that workers give are shortened to this many bytes. */
const MAX_REASON_BYTES = 1_000;

/** The verdict on one outcome. */
export interface Reported {
  readonly verdict: OutcomeVerdict;
  readonly taskState: TaskState;
  /** Why it was REFUSED. */
  readonly refusal?: QTasksError | undefined;
}

export class Outcomes {
  readonly #lanes: Lanes;
  readonly #leases: Leases;
  readonly #limits: Limits;
  readonly #now: () => number;

  constructor(lanes: Lanes, leases: Leases, limits: Limits, now: () => number) {
    this.#lanes = lanes;
    this.#leases = leases;
    this.#limits = limits;
    this.#now = now;
  }

  /** One verdict; the lease is held on only where it is REFUSED. */
  async report(outcome: Outcome): Promise<Reported> {
    const lease = decodeLeaseToken(outcome.leaseToken);
    if (lease === undefined) return stale(TaskState.UNSPECIFIED);
    const known = this.#leases.take(lease);
    let ended = false;
    try {
      const result = await applyChange(
        this.#lanes,
        lease.taskId,
        (record) => this.#decide(record, lease, outcome),
        { known },
      );
      ended = result.verdict !== OutcomeVerdict.REFUSED;
      return result;
    } finally {
      if (!ended && known !== undefined) this.#leases.keep(known);
    }
  }

  #decide(record: TaskRecord | undefined, lease: Lease, outcome: Outcome): Decision<Reported> {
    if (record === undefined) return answer(stale(TaskState.UNSPECIFIED));
    if (!holds(record, lease)) return answer(repeated(record, lease, outcome));
    const refusal = this.#tooLarge(outcome) ?? eventsMissing(record, outcome.eventCount);
    if (refusal !== undefined) return answer(refused(record.state, refusal));
    const after = this.#after(record, outcome);
    return change(follow(record, after), recorded(after.state));
  }

  #after(record: TaskRecord, outcome: Outcome): TaskRecord {
    const { checkpoint, kind } = outcome;
    const end: End = {
      now: this.#now(),
      random: Math.random(),
      reported: true,
      checkpoint: checkpoint === undefined ? undefined : encodePayload(checkpoint),
    };
    switch (kind.case) {
      case "success": {
        const { result } = kind.value;
        const bytes = result === undefined ? undefined : encodePayload(result);
        return succeed(record, { ...end, result: bytes });
      }
      case "failure": {
        const failure = shortenFailure(kind.value, this.#limits.maxFailureBytes);
        if (failure.kind === FailureKind.UNSPECIFIED) failure.kind = FailureKind.APPLICATION;
        return afterFailure(record, failure, end);
      }
      case "canceled":
        // Also where nobody asked for it: the handler's word that it stopped is what counts.
        return afterCancel(record, clip(kind.value.reason, MAX_REASON_BYTES), end);
      case "release": {
        const { reason, delay } = kind.value;
        const delayMs = delay === undefined ? 0 : durationMs(delay);
        return afterRelease(record, { reason: clip(reason, MAX_REASON_BYTES), delayMs }, end);
      }
      case undefined:
        throw new QTasksError("INTERNAL", "an outcome without a kind passed the checks");
    }
  }

  #tooLarge(outcome: Outcome): QTasksError | undefined {
    const { maxPayloadBytes, maxCheckpointBytes } = this.#limits;
    const result = outcome.kind.case === "success" ? outcome.kind.value.result : undefined;
    const resultBytes = payloadBytes(result);
    if (resultBytes > maxPayloadBytes)
      return tooLarge("success.result", resultBytes, maxPayloadBytes);
    const checkpointBytes = payloadBytes(outcome.checkpoint);
    if (checkpointBytes > maxCheckpointBytes)
      return tooLarge("checkpoint", checkpointBytes, maxCheckpointBytes);
    return undefined;
  }
}

/** The lease is not current: the same report again is RECORDED, any other STALE. */
function repeated(record: TaskRecord, lease: Lease, outcome: Outcome): Reported {
  const ended = endedAs(record, lease);
  const same = ended?.reported === true && matches(ended.state, outcome.kind.case);
  return same ? recorded(record.state) : stale(record.state);
}

function matches(state: AttemptState, kind: Outcome["kind"]["case"]): boolean {
  if (state === AttemptState.SUCCEEDED) return kind === "success";
  if (state === AttemptState.RELEASED) return kind === "release";
  // Said of a task that was being canceled, a release ends it as canceled too.
  if (state === AttemptState.CANCELED) return kind === "canceled" || kind === "release";
  return (state === AttemptState.FAILED || state === AttemptState.TIMED_OUT) && kind === "failure";
}

function recorded(taskState: TaskState): Reported {
  return { verdict: OutcomeVerdict.RECORDED, taskState };
}

function stale(taskState: TaskState): Reported {
  return { verdict: OutcomeVerdict.STALE, taskState };
}

/** The lease is held on: the worker reports something else. */
export function refused(taskState: TaskState, refusal: QTasksError): Reported {
  return { verdict: OutcomeVerdict.REFUSED, taskState, refusal };
}

function eventsMissing({ attemptEvents }: TaskRecord, expected: bigint): QTasksError | undefined {
  if (expected <= BigInt(attemptEvents)) return undefined;
  return new QTasksError(
    "EVENTS_MISSING",
    `event_count is ${expected}, but ${attemptEvents} events of the attempt are recorded: send the others first`,
  );
}

function tooLarge(field: string, bytes: number, limit: number): QTasksError {
  return new QTasksError("PAYLOAD_TOO_LARGE", `${field} has ${bytes} bytes; the limit is ${limit}`);
}
