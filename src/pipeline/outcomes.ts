/** Outcomes of attempts: the first compare-and-set wins, and each keeps who made it. */
import { AttemptState, FailureKind, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { OutcomeVerdict, type Outcome } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { durationMs } from "../core/duration.ts";
import { QTasksError } from "../core/errors.ts";
import { clip, shortenFailure } from "../core/failure.ts";
import { decodeLeaseToken, type Lease } from "../core/lease.ts";
import type { Limits } from "../core/limits.ts";
import { encodePayload } from "../core/payload-codec.ts";
import { payloadBytes } from "../core/payload-bytes.ts";
import type { TaskRecord } from "../core/record.ts";
import { endedAs, holds, succeed } from "../core/transitions.ts";
import { afterCancel, afterFailure, afterRelease, type End } from "./aftermath.ts";
import type { Change } from "../storage/storage.ts";
import { answer, applyChange, change, follow, type Decision } from "./change.ts";
import type { PipelineHooks } from "./hooks.ts";
import type { Lanes } from "./lanes.ts";
import type { Leases } from "./leases.ts";
import type { Unimplemented } from "./unimplemented.ts";

/** Reasons that workers give are shortened to this many bytes. */
const MAX_REASON_BYTES = 1_000;

/** The verdict on one outcome. */
export interface Reported {
  readonly verdict: OutcomeVerdict;
  readonly taskState: TaskState;
  /** Why it was REFUSED. */
  readonly refusal?: QTasksError | undefined;
}

/** An outcome on its way to its verdict. */
interface Report {
  readonly outcome: Outcome;
  /** Unset where the token is none. */
  readonly lease: Lease | undefined;
  /** The task as this server handed it out; unset where another one did. */
  readonly known: TaskRecord | undefined;
  reported: Reported | undefined;
  /** Why it could not be written. */
  failed: Error | undefined;
}

/** What outcomes are judged by and written with. */
export interface OutcomesParts {
  readonly lanes: Lanes;
  readonly leases: Leases;
  readonly unimplemented: Unimplemented;
  readonly limits: Limits;
  readonly now: () => number;
  /** Hears of each verdict STALE. */
  readonly staleOutcome?: PipelineHooks["staleOutcome"];
  /** Draws the jitter of backoffs, 0 to 1. @default Math.random */
  readonly random?: (() => number) | undefined;
}

export class Outcomes {
  readonly #parts: OutcomesParts;

  constructor(parts: OutcomesParts) {
    this.#parts = parts;
  }

  /** A verdict for each outcome, in order; the lease is held on only where it is REFUSED. */
  async report(outcomes: readonly Outcome[]): Promise<readonly Reported[]> {
    const { unimplemented, staleOutcome } = this.#parts;
    const settling = unimplemented.settle(outcomes);
    const settled = settling instanceof Promise ? await settling : settling;
    const reports = settled.map((outcome) => this.#open(outcome));
    await this.#writeKnown(reports);
    const others = reports.filter((report) => report.reported === undefined);
    await Promise.all(others.map((report) => this.#settle(report)));
    if (staleOutcome !== undefined) tellStale(reports, staleOutcome);
    return reports.map((report) => report.reported!);
  }

  #open(outcome: Outcome): Report {
    const lease = decodeLeaseToken(outcome.leaseToken);
    const known = lease === undefined ? undefined : this.#parts.leases.take(lease);
    const reported = lease === undefined ? stale(TaskState.UNSPECIFIED) : undefined;
    return { outcome, lease, known, reported, failed: undefined };
  }

  /**
   * Writes in one go what ends by what this server knows of the tasks: nearly all. What is known may be
   * out of date: those that conflict, as all others, are left to {@link #settle}.
   */
  async #writeKnown(reports: readonly Report[]): Promise<void> {
    const changes: Change[] = [];
    const ending: Report[] = [];
    for (const report of reports) {
      const end = this.#changeOf(report);
      if (end === undefined) continue;
      changes.push(end);
      ending.push(report);
    }
    const verdicts = await this.#parts.lanes.writeAll(changes);
    for (let at = 0; at < ending.length; at++) {
      const verdict = verdicts[at]!;
      if (verdict instanceof Error) ending[at]!.failed = verdict;
      else if (verdict.kind === "applied")
        ending[at]!.reported = recorded(changes[at]!.after.state);
    }
  }

  #changeOf({ known, lease, outcome }: Report): Change | undefined {
    if (known === undefined) return undefined;
    try {
      const decision = this.#decide(known, lease!, outcome);
      return decision.kind === "change" ? decision.change : undefined;
    } catch {
      // It is thrown again when this outcome is settled: the others of the call are not held up.
      return undefined;
    }
  }

  /** One outcome by the record as it is stored. */
  async #settle(report: Report): Promise<void> {
    const { lease, known, outcome, failed } = report;
    const { lanes, leases } = this.#parts;
    try {
      if (failed !== undefined) throw failed;
      report.reported = await applyChange(lanes, lease!.taskId, (record) =>
        this.#decide(record, lease!, outcome),
      );
    } finally {
      const verdict = report.reported?.verdict ?? OutcomeVerdict.REFUSED;
      if (verdict === OutcomeVerdict.REFUSED && known !== undefined) leases.keep(known);
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

  #after(record: TaskRecord, { checkpoint, kind }: Outcome): TaskRecord {
    const { limits, random = Math.random } = this.#parts;
    const now = this.#parts.now();
    if (kind.case === "success") {
      const { result } = kind.value;
      const bytes = result === undefined ? undefined : encodePayload(result);
      return succeed(record, { now, reported: true, result: bytes });
    }
    const end: End = {
      now,
      random: random(),
      reported: true,
      checkpoint: checkpoint === undefined ? undefined : encodePayload(checkpoint),
    };
    switch (kind.case) {
      case "failure": {
        const failure = shortenFailure(kind.value, limits.maxFailureBytes);
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
    const { maxPayloadBytes, maxCheckpointBytes } = this.#parts.limits;
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

function tellStale(reports: readonly Report[], tell: NonNullable<PipelineHooks["staleOutcome"]>) {
  for (const { reported, lease } of reports)
    if (reported?.verdict === OutcomeVerdict.STALE) tell({ taskId: lease?.taskId ?? "" });
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
