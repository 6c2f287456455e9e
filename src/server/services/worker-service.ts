/** WorkerService: for programs that execute tasks. */
import { create } from "@bufbuild/protobuf";
import {
  DirectiveKind,
  DirectiveSchema,
  WorkerService,
  type Directive,
  type Outcome,
  type OutcomeResult,
} from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { toDuration } from "../../core/duration.ts";
import { newOutcomeResult } from "../../core/messages.ts";
import { refused, type Reported } from "../../pipeline/outcomes.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import type { DurableCalls } from "../durable/durable-calls.ts";
import { checked, violated } from "../checks/tasks.ts";
import type { Violations } from "../checks/violations.ts";
import {
  checkAttemptEvents,
  checkOutcome,
  checkRegistration,
  checkRenewals,
  checkSessionId,
} from "../checks/workers.ts";
import { defineService, type CallContext, type ServiceDefinition } from "../service.ts";
import { itemError } from "./item-error.ts";
import { waitMs } from "./waiting.ts";

/** How long a worker should wait before it connects anew to a server that goes away, in ms. */
const RECONNECT_MS = 1_000;

export interface WorkerServiceOptions {
  /** Knows which descriptors are out of date. */
  readonly durable?: DurableCalls | undefined;
  /** The callers are workers of this process: their attempts need no proof of delivery. */
  readonly local?: boolean;
}

export function workerService(
  pipeline: Pipeline,
  { local = false, durable }: WorkerServiceOptions = {},
): ServiceDefinition {
  const { limits, timings, workers, sessions, outcomes, events, schemas } = pipeline;
  const maxAnswerBytes = limits.maxMessageBytes * 0.9;

  /** What is wrong with one outcome is a verdict on it: the others of the call are recorded. */
  async function report(reported: readonly Outcome[]): Promise<OutcomeResult[]> {
    const wrong = violated(limits, (check) => reported.forEach((it, at) => checkAt(check, it, at)));
    if (wrong === undefined) return (await outcomes.report(reported)).map(outcomeResult);
    const errors = reported.map((it, at) => violated(limits, (check) => checkAt(check, it, at)));
    const verdicts = await outcomes.report(reported.filter((_, at) => errors[at] === undefined));
    let next = 0;
    return errors.map((error) =>
      outcomeResult(
        error === undefined ? verdicts[next++]! : refused(TaskState.UNSPECIFIED, error),
      ),
    );
  }

  return defineService(WorkerService, {
    async registerWorker(request) {
      checked(limits, (check) => checkRegistration(check, request));
      await workers.register(request, local);
      if (durable?.isSuperseded(request.schemaDigest) === true)
        await schemas.renew(request.schemaDigest);
      return {
        heartbeatInterval: toDuration(timings.heartbeatIntervalMs),
        sessionTtl: toDuration(timings.sessionTtlMs),
        deliveryTimeout: toDuration(timings.deliveryTimeoutMs),
        leaseDuration: toDuration(timings.leaseMs),
        maxWait: toDuration(limits.maxWaitMs),
        schemaWanted: request.schemaDigest.length > 0 && !schemas.has(request.schemaDigest),
      };
    },

    async pollTasks({ sessionId, maxTasks, maxBytes, wait, queues }, context) {
      checked(limits, (check) => {
        checkSessionId(check, sessionId);
        check.integer("max_tasks", maxTasks, 0, limits.maxSlots);
        check.integer("max_bytes", maxBytes, 0, 2 ** 31 - 1);
        check.duration("wait", wait);
      });
      const polled = await workers.poll({
        sessionId,
        max: Math.min(maxTasks, limits.maxBatch),
        maxBytes: maxBytes === 0 ? maxAnswerBytes : Math.min(maxBytes, maxAnswerBytes),
        waitMs: waitMs(wait, limits, context),
        queues,
        signal: context.parked,
      });
      return withReconnect(polled, context);
    },

    async heartbeat(request, context) {
      checked(limits, (check) => {
        checkSessionId(check, request.sessionId);
        check.integer("free_slots", request.freeSlots, 0, limits.maxSlots);
        checkRenewals(check, request.renewals);
      });
      return withReconnect(await workers.heartbeat(request), context);
    },

    async reportOutcomes({ sessionId, outcomes: reported }) {
      checked(limits, (check) => {
        checkSessionId(check, sessionId);
        check.size("outcomes", reported.length, limits.maxBatch);
      });
      sessions.note(sessionId);
      return { results: await report(reported) };
    },

    async recordEvents({ sessionId, attempts }) {
      checked(limits, (check) => {
        checkSessionId(check, sessionId);
        checkAttemptEvents(check, attempts);
      });
      sessions.note(sessionId);
      const leaseStatuses = await Promise.all(attempts.map((attempt) => events.record(attempt)));
      return { leaseStatuses };
    },

    async unregisterWorker({ sessionId }) {
      checked(limits, (check) => checkSessionId(check, sessionId));
      return { releasedCount: await workers.unregister(sessionId) };
    },
  });
}

function checkAt(check: Violations, outcome: Outcome, at: number): void {
  checkOutcome(check, `outcomes[${at}]`, outcome);
}

function outcomeResult({ verdict, taskState, refusal }: Reported): OutcomeResult {
  const result = newOutcomeResult(verdict, taskState);
  if (refusal !== undefined) result.error = itemError(refusal);
  return result;
}

function withReconnect<T extends { directives: Directive[] }>(answer: T, context: CallContext): T {
  if (!context.draining.aborted) return answer;
  const reconnect = create(DirectiveSchema, {
    kind: DirectiveKind.RECONNECT,
    reason: "the server shuts down",
    delay: toDuration(RECONNECT_MS),
  });
  return { ...answer, directives: [...answer.directives, reconnect] };
}
