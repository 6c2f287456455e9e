/** The outcomes of attempts, and what replaces those that the server refuses. */
import { create } from "@bufbuild/protobuf";
import type { ItemError } from "../../gen/qtasksapi/v1/task_pb.ts";
import { OutcomeSchema, type Outcome } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { newOutcome } from "../core/messages.ts";
import { payloadBytes } from "../core/payload-bytes.ts";
import type { Attempt, Ending } from "./attempt.ts";
import { workerFailure } from "./failure.ts";

/** What is reported of an attempt whose events are all sent; without an output that was refused there is no success. */
export function outcomeOf(attempt: Attempt, ending: Ending): Outcome {
  const refusal = attempt.eventsIfAny?.refusal;
  const kind =
    refusal === undefined || ending.case !== "success"
      ? ending
      : failed("qtasks.OutputRefused", `an output was refused: ${refusal.message}`);
  return newOutcome({
    leaseToken: attempt.leased.leaseToken,
    kind,
    checkpoint: kind.case === "success" ? undefined : attempt.checkpoint,
    eventCount: BigInt(attempt.eventsIfAny?.count ?? 0),
  });
}

/** What is reported once the server has the events whose lack it complained of. */
export function withEvents(outcome: Outcome, { events }: Attempt): Outcome {
  return create(OutcomeSchema, { ...outcome, eventCount: BigInt(events.count) });
}

/** What is reported when the server lost events for good: lost log lines are let go, lost outputs fail the attempt. */
export function withoutEvents(outcome: Outcome, { events }: Attempt): Outcome {
  const isVoid = events.outputCount > 0 && outcome.kind.case === "success";
  const lost = failed("qtasks.EventsLost", "the server lost outputs of this attempt");
  if (lost.case === "failure") lost.value.nonRetryable = false;
  return create(OutcomeSchema, {
    ...outcome,
    kind: isVoid ? lost : outcome.kind,
    eventCount: 0n,
  });
}

/** What is reported instead of a refused outcome: the same without its checkpoint where it has one, else a failure. */
export function insteadOfRefused(outcome: Outcome, error: ItemError | undefined): Outcome {
  if (outcome.checkpoint !== undefined)
    return create(OutcomeSchema, { ...outcome, checkpoint: undefined });
  const why = error?.message ?? "no reason given";
  const isResult = outcome.kind.case === "success";
  const kind =
    isResult && error?.reason === "PAYLOAD_TOO_LARGE"
      ? failed("qtasks.ResultTooLarge", why)
      : failed("qtasks.OutcomeRefused", `the outcome was refused: ${why}`);
  return create(OutcomeSchema, { ...outcome, kind });
}

/** About what it takes in a message, in bytes; rather too many than too few. */
export function outcomeBytes({ kind, checkpoint }: Outcome): number {
  const rest = payloadBytes(checkpoint) + 512;
  if (kind.case === "success") return payloadBytes(kind.value.result) + rest;
  // Failures are at most 64 KiB; most are far below.
  return kind.case === "failure" ? kind.value.stackTrace.length * 2 + 8_192 + rest : rest;
}

function failed(type: string, message: string): Ending {
  return { case: "failure", value: workerFailure(type, message) };
}
