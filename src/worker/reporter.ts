/** Reports how attempts ended, many in one call, until the server has answered for each. */
import { create } from "@bufbuild/protobuf";
import type { Logger } from "pino";
import type { ItemError } from "../../gen/qtasksapi/v1/task_pb.ts";
import {
  OutcomeResultSchema,
  OutcomeVerdict,
  type Outcome,
  type OutcomeResult,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { QTasksError } from "../core/errors.ts";
import { factsOf, type Attempt, type Ending } from "./attempt.ts";
import {
  insteadOfRefused,
  outcomeBytes,
  outcomeOf,
  withEvents,
  withoutEvents,
} from "./attempt-outcome.ts";
import { isRefusal } from "./backoff.ts";
import { failureForLog, logEnding } from "./ending-log.ts";
import type { Recorder } from "./recorder.ts";
import type { Session } from "./session.ts";

const MAX_OUTCOMES = 1_000;
/** Half of what a message may have, in bytes: a result of 1 MiB always fits. */
const MAX_BYTES = 2 << 20;
/** An outcome, what replaces it when it is refused, and what replaces that. */
const MAX_REPORTS = 4;

/** An outcome on its way to the server. */
interface Report {
  readonly attempt: Attempt;
  /** Replaced when it is refused. */
  outcome: Outcome;
  refusals: number;
}

export interface ReporterParts {
  readonly session: Session;
  readonly recorder: Recorder;
  readonly logger: Logger;
  /** The server has answered for these, or never will: the session has ended. */
  readonly onDone: (attempts: readonly Attempt[]) => void;
}

/** One call is under way at a time; outcomes that come meanwhile, and those of one turn of the loop, leave together. */
export class Reporter {
  readonly #session: Session;
  readonly #recorder: Recorder;
  readonly #logger: Logger;
  readonly #onDone: ReporterParts["onDone"];
  #waiting: Report[] = [];
  #sending = false;

  constructor({ session, recorder, logger, onDone }: ReporterParts) {
    this.#session = session;
    this.#recorder = recorder;
    this.#logger = logger;
    this.#onDone = onDone;
  }

  /** Reports the ending, after the attempt's events. */
  report(attempt: Attempt, ending: Ending): void {
    if (attempt.eventsIfAny?.isDirty === true) void this.#flushAndReport(attempt, ending);
    else this.#add({ attempt, outcome: outcomeOf(attempt, ending), refusals: 0 });
  }

  async #flushAndReport(attempt: Attempt, ending: Ending): Promise<void> {
    await this.#recorder.flush(attempt);
    this.#add({ attempt, outcome: outcomeOf(attempt, ending), refusals: 0 });
  }

  #add(report: Report): void {
    this.#waiting.push(report);
    if (this.#sending) return;
    this.#sending = true;
    // A microtask later, so that what ends in one go leaves in one call.
    queueMicrotask(() => void this.#sendAll());
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) await this.#sendSome(this.#take());
    this.#sending = false;
  }

  /** What fits into one call, one outcome at least. */
  #take(): Report[] {
    let [count, bytes] = [0, 0];
    for (const { outcome } of this.#waiting) {
      bytes += outcomeBytes(outcome);
      if (count >= MAX_OUTCOMES || (bytes > MAX_BYTES && count > 0)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  // Never rejects: what gets to the catch is the end of the session, or an answer that can't be told apart.
  async #sendSome(reports: readonly Report[]): Promise<void> {
    let over = reports;
    try {
      const results = await this.#send(reports.map(({ outcome }) => outcome));
      if (results.length !== reports.length) throw miscounted(reports.length, results.length);
      over = reports.filter((report, index) => this.#isOver(report, results[index]!));
    } catch (err) {
      for (const { attempt, outcome } of reports) {
        logEnding(this.#logger, attempt, outcome);
        this.#logger.warn({ ...factsOf(attempt), err }, "an outcome could not be reported");
      }
    }
    this.#onDone(over.map(({ attempt }) => attempt));
  }

  /** Whether the server has said its last word of it; what was refused is replaced and goes again. */
  #isOver(report: Report, { verdict, error, taskState }: OutcomeResult): boolean {
    const { attempt, outcome } = report;
    if (verdict === OutcomeVerdict.RECORDED) {
      if (outcome.kind.case !== "success") logEnding(this.#logger, attempt, outcome, taskState);
      return true;
    }
    if (verdict === OutcomeVerdict.STALE) {
      this.#logStale(report);
      return true;
    }
    this.#logRefused(attempt, error);
    if (++report.refusals < MAX_REPORTS) {
      void this.#replace(report, error);
      return false;
    }
    this.#logger.error(factsOf(attempt), "an outcome was refused for good: its lease will run out");
    return true;
  }

  async #replace(report: Report, error: ItemError | undefined): Promise<void> {
    const { attempt, outcome } = report;
    if (error?.reason !== "EVENTS_MISSING") report.outcome = insteadOfRefused(outcome, error);
    else if (attempt.eventsIfAny?.isDirty !== true)
      report.outcome = withoutEvents(outcome, attempt);
    else {
      await this.#recorder.flush(attempt);
      report.outcome = withEvents(outcome, attempt);
    }
    this.#add(report);
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

  #logStale({ attempt, outcome: { kind } }: Report): void {
    const facts = factsOf(attempt);
    this.#logger.warn(
      kind.case === "failure" ? { ...facts, err: failureForLog(kind.value) } : facts,
      "an outcome came too late: the lease had gone to another",
    );
  }

  #logRefused(attempt: Attempt, error: ItemError | undefined): void {
    const { reason, message } = error ?? { reason: "", message: "" };
    this.#logger.warn({ ...factsOf(attempt), reason, message }, "an outcome was refused");
  }
}

function refused({ reason, message }: QTasksError): OutcomeResult {
  return create(OutcomeResultSchema, {
    verdict: OutcomeVerdict.REFUSED,
    error: { reason, message },
  });
}

function miscounted(expected: number, got: number): QTasksError {
  return new QTasksError("INTERNAL", `${expected} outcomes were reported, ${got} answered`);
}
