/** Reports how attempts ended, many in one call, until the server has answered for each. */
import { create } from "@bufbuild/protobuf";
import type { Logger } from "pino";
import type { ItemError } from "../../gen/qtasksapi/v1/task_pb.ts";
import {
  OutcomeResultSchema,
  OutcomeSchema,
  OutcomeVerdict,
  type Outcome,
  type OutcomeResult,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { Coalescer } from "../core/coalescer.ts";
import { QTasksError } from "../core/errors.ts";
import { newOutcome } from "../core/messages.ts";
import type { Attempt, Ending } from "./attempt.ts";
import { isRefusal } from "./backoff.ts";
import { workerFailure } from "./failure.ts";
import { payloadBytes } from "../core/payload.ts";
import type { Recorder } from "./recorder.ts";
import type { Session } from "./session.ts";

const MAX_OUTCOMES = 1_000;
/** Half of what a message may have, in bytes: a result of 1 MiB always fits. */
const MAX_BYTES = 2 << 20;
/** An outcome, what replaces it when it is refused, and what replaces that. */
const MAX_REPORTS = 4;

export class Reporter {
  readonly #session: Session;
  readonly #recorder: Recorder;
  readonly #logger: Logger;
  readonly #coalescer: Coalescer<Outcome, OutcomeResult>;

  constructor(session: Session, recorder: Recorder, logger: Logger) {
    this.#session = session;
    this.#recorder = recorder;
    this.#logger = logger;
    this.#coalescer = new Coalescer({
      run: (outcomes) => this.#send(outcomes),
      maxItems: MAX_OUTCOMES,
      maxBytes: MAX_BYTES,
      sizeOf: outcomeBytes,
    });
  }

  /** Reports the ending, after the attempt's events. Rejects only when the session ends first. */
  async report(attempt: Attempt, ending: Ending): Promise<void> {
    let outcome = await this.#outcomeOf(attempt, ending);
    for (let reports = 1; reports <= MAX_REPORTS; reports++) {
      const { verdict, error } = await this.#coalescer.add(outcome);
      if (verdict === OutcomeVerdict.RECORDED) return;
      if (verdict === OutcomeVerdict.STALE) return this.#logStale(attempt);
      this.#logRefused(attempt, error);
      outcome = await this.#insteadOf(outcome, attempt, error);
    }
    this.#logger.error(about(attempt), "an outcome was refused for good: its lease will run out");
  }

  async #outcomeOf(attempt: Attempt, ending: Ending): Promise<Outcome> {
    await this.#recorder.flush(attempt);
    const { refusal } = attempt.events;
    const kind =
      refusal === undefined || ending.case !== "success"
        ? ending
        : failed("qtasks.OutputRefused", `an output was refused: ${refusal.message}`);
    return newOutcome({
      leaseToken: attempt.leased.leaseToken,
      kind,
      checkpoint: kind.case === "success" ? undefined : attempt.checkpoint,
      eventCount: BigInt(attempt.events.count),
    });
  }

  /** What is reported instead of a refused outcome. */
  async #insteadOf(
    outcome: Outcome,
    attempt: Attempt,
    error: ItemError | undefined,
  ): Promise<Outcome> {
    if (error?.reason === "EVENTS_MISSING") return this.#withEvents(outcome, attempt);
    const why = error?.message ?? "no reason given";
    const isResult = outcome.kind.case === "success";
    const kind =
      isResult && error?.reason === "PAYLOAD_TOO_LARGE"
        ? failed("qtasks.ResultTooLarge", why)
        : failed("qtasks.OutcomeRefused", `the outcome was refused: ${why}`);
    return create(OutcomeSchema, { ...outcome, kind, checkpoint: undefined });
  }

  /** Events that are still here are sent. Lost log lines are let go; lost outputs fail the attempt. */
  async #withEvents(outcome: Outcome, attempt: Attempt): Promise<Outcome> {
    if (attempt.events.isDirty) {
      await this.#recorder.flush(attempt);
      return create(OutcomeSchema, { ...outcome, eventCount: BigInt(attempt.events.count) });
    }
    const isVoid = attempt.events.outputCount > 0 && outcome.kind.case === "success";
    const lost = failed("qtasks.EventsLost", "the server lost outputs of this attempt");
    if (lost.case === "failure") lost.value.nonRetryable = false;
    return create(OutcomeSchema, {
      ...outcome,
      kind: isVoid ? lost : outcome.kind,
      eventCount: 0n,
    });
  }

  /** A refusal of the whole call is narrowed down to the outcome that it is meant for. */
  async #send(outcomes: readonly Outcome[]): Promise<readonly OutcomeResult[]> {
    try {
      return await this.#session.report(outcomes);
    } catch (thrown) {
      const error = QTasksError.from(thrown);
      if (!isRefusal(error)) throw error;
      if (outcomes.length === 1) return [refused(error)];
      const results: OutcomeResult[] = [];
      for (const outcome of outcomes) results.push(...(await this.#send([outcome])));
      return results;
    }
  }

  #logStale(attempt: Attempt): void {
    this.#logger.warn(about(attempt), "an outcome came too late: the lease had gone to another");
  }

  #logRefused(attempt: Attempt, error: ItemError | undefined): void {
    const { reason, message } = error ?? { reason: "", message: "" };
    this.#logger.warn({ ...about(attempt), reason, message }, "an outcome was refused");
  }
}

function about(attempt: Attempt) {
  const { leased, spec } = attempt;
  return { taskId: leased.taskId, task: spec.name, attempt: leased.attempt };
}

function failed(type: string, message: string): Ending {
  return { case: "failure", value: workerFailure(type, message) };
}

function refused({ reason, message }: QTasksError): OutcomeResult {
  return create(OutcomeResultSchema, {
    verdict: OutcomeVerdict.REFUSED,
    error: { reason, message },
  });
}

function outcomeBytes({ kind, checkpoint }: Outcome): number {
  const rest = payloadBytes(checkpoint) + 512;
  if (kind.case === "success") return payloadBytes(kind.value.result) + rest;
  // Failures are at most 64 KiB; most are far below.
  return kind.case === "failure" ? kind.value.stackTrace.length * 2 + 8_192 + rest : rest;
}
