/** How the calls of workers are noted. */
import {
  LeaseVerdict,
  OutcomeVerdict,
  WorkerService,
  type LeasedTask,
  type LeaseStatus,
  type Outcome,
} from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import { durationMs } from "../../../src/core/duration.ts";
import { decodeLeaseToken } from "../../../src/core/lease.ts";
import { stateName } from "../../../src/core/state-names.ts";
import type { LeaseHandedOut, LeaseWord, StateName, Verdict } from "./answer.ts";
import type { LeaseName, ReportedOutcome } from "./call.ts";
import { resultText, tokenText } from "./messages.ts";
import { notesOf, type MethodNotes } from "./notes.ts";

const { method } = WorkerService;

/** By method. */
export const WORKER_NOTES: Readonly<Record<string, MethodNotes>> = {
  registerWorker: notesOf(
    method.registerWorker,
    ({ sessionId }) => ({ op: "register", session: sessionId }),
    () => ({}),
  ),
  pollTasks: notesOf(
    method.pollTasks,
    ({ sessionId, maxTasks, wait }) => ({
      op: "poll",
      session: sessionId,
      max: maxTasks,
      waitMs: wait === undefined ? 0 : durationMs(wait),
    }),
    ({ tasks, leaseStatuses }) => ({
      leases: tasks.map(leaseHandedOut),
      statuses: leaseStatuses.map(leaseWord),
    }),
  ),
  heartbeat: notesOf(
    method.heartbeat,
    ({ sessionId, renewals }) => ({
      op: "heartbeat",
      session: sessionId,
      leases: renewals.map(({ leaseToken }) => leaseName(leaseToken)),
    }),
    ({ leaseStatuses }) => ({ statuses: leaseStatuses.map(leaseWord) }),
  ),
  recordEvents: notesOf(
    method.recordEvents,
    ({ sessionId, attempts }) => ({
      op: "recordEvents",
      session: sessionId,
      leases: attempts.map(({ leaseToken }) => leaseName(leaseToken)),
    }),
    ({ leaseStatuses }) => ({ statuses: leaseStatuses.map(leaseWord) }),
  ),
  reportOutcomes: notesOf(
    method.reportOutcomes,
    ({ sessionId, outcomes }) => ({
      op: "report",
      session: sessionId,
      outcomes: outcomes.map(reportedOutcome),
    }),
    ({ results }) => ({
      verdicts: results.map(({ verdict, taskState }) => ({
        verdict: OUTCOME_VERDICTS[verdict] ?? "REFUSED",
        ...(taskState === 0 ? {} : { state: stateName(taskState) as StateName }),
      })),
    }),
  ),
  unregisterWorker: notesOf(
    method.unregisterWorker,
    ({ sessionId }) => ({ op: "unregister", session: sessionId }),
    () => ({}),
  ),
};

const OUTCOME_VERDICTS: Readonly<Record<number, Verdict["verdict"]>> = {
  [OutcomeVerdict.RECORDED]: "RECORDED",
  [OutcomeVerdict.STALE]: "STALE",
  [OutcomeVerdict.REFUSED]: "REFUSED",
};

const LEASE_VERDICTS: Readonly<Record<number, LeaseWord["verdict"]>> = {
  [LeaseVerdict.HELD]: "HELD",
  [LeaseVerdict.CANCEL_REQUESTED]: "CANCEL_REQUESTED",
};

function leaseHandedOut(task: LeasedTask): LeaseHandedOut {
  return {
    taskId: task.taskId,
    token: tokenText(task.leaseToken),
    attempt: task.attempt,
    fencing: Number(task.fencingToken),
    leaseTtlMs: task.leaseTtl === undefined ? 0 : durationMs(task.leaseTtl),
  };
}

/** Tokens are opaque to workers; the history looks into them to name the task. */
function leaseName(token: Uint8Array): LeaseName {
  return { taskId: decodeLeaseToken(token)?.taskId ?? "", token: tokenText(token) };
}

function leaseWord({ leaseToken, verdict, leaseTtl }: LeaseStatus): LeaseWord {
  return {
    ...leaseName(leaseToken),
    verdict: LEASE_VERDICTS[verdict] ?? "LOST",
    ...(leaseTtl === undefined ? {} : { leaseTtlMs: durationMs(leaseTtl) }),
  };
}

function reportedOutcome({ leaseToken, kind }: Outcome): ReportedOutcome {
  const name = leaseName(leaseToken);
  switch (kind.case) {
    case "success":
      return { ...name, kind: "success", result: resultText(kind.value.result) };
    case "failure": {
      const { retryDelay } = kind.value;
      return {
        ...name,
        kind: "failure",
        ...(retryDelay === undefined ? {} : { delayMs: durationMs(retryDelay) }),
      };
    }
    case "release": {
      const { delay } = kind.value;
      return {
        ...name,
        kind: "release",
        ...(delay === undefined ? {} : { delayMs: durationMs(delay) }),
      };
    }
    case "canceled":
    case undefined:
      return { ...name, kind: "canceled" };
  }
}
