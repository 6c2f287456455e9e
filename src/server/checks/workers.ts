/** Rules of what workers send. */
import type {
  AttemptEvents,
  LeaseRenewal,
  Outcome,
  RegisterWorkerRequest,
  TaskDefinition,
} from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import { FailureKindSchema, LogLevelSchema } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { checkOptions } from "./options.ts";
import { checkLabels, checkPayload } from "./payload.ts";
import type { Violations } from "./violations.ts";

const MAX_SESSION_ID = 128;
const MAX_WORKER_ID = 255;
const MAX_BUILD_ID = 255;
const MAX_DESCRIPTION = 4_096;
const SCHEMA_DIGEST_BYTES = 32;
/** What the server itself answers, or may come to. */
const RESERVED_SERVICE = /^(qtasksapi|grpc|google)\.[^/]*\//;

export function checkSessionId(check: Violations, sessionId: string): void {
  check.token("session_id", sessionId, MAX_SESSION_ID);
}

export function checkRegistration(check: Violations, request: RegisterWorkerRequest): void {
  checkSessionId(check, request.sessionId);
  check.token("worker_id", request.workerId, MAX_WORKER_ID);
  check.integer("slots", request.slots, 1, check.limits.maxSlots);
  checkDefinitions(check, request.definitions);
  check.size("queues", request.queues.length, check.limits.maxBatch);
  for (const [index, queue] of request.queues.entries())
    check.token(`queues[${index}]`, queue, check.limits.maxQueueLength);
  checkLabels(check, "labels", request.labels);
  check.text("build_id", request.buildId, MAX_BUILD_ID);
  const digestBytes = request.schemaDigest.length;
  if (digestBytes !== 0 && digestBytes !== SCHEMA_DIGEST_BYTES)
    check.add(
      "schema_digest",
      `${SCHEMA_DIGEST_BYTES} bytes of SHA-256, or none; got ${digestBytes}`,
    );
}

export function checkDefinitions(check: Violations, definitions: readonly TaskDefinition[]): void {
  if (definitions.length === 0) check.add("definitions", "at least one");
  check.size("definitions", definitions.length, check.limits.maxBatch);
  const names = new Set<string>();
  for (const [index, definition] of definitions.entries()) {
    const field = `definitions[${index}]`;
    checkDefinition(check, field, definition);
    if (names.has(definition.name)) check.add(`${field}.name`, `${definition.name} comes twice`);
    names.add(definition.name);
  }
}

function checkDefinition(check: Violations, field: string, definition: TaskDefinition): void {
  const { maxNameLength } = check.limits;
  check.token(`${field}.name`, definition.name, maxNameLength);
  if (RESERVED_SERVICE.test(definition.name))
    check.add(
      `${field}.name`,
      `${definition.name}: methods of qtasksapi.*, grpc.* and google.* can't be tasks`,
    );
  if (definition.description.length > MAX_DESCRIPTION)
    check.add(`${field}.description`, `at most ${MAX_DESCRIPTION} characters`);
  check.optionalToken(`${field}.input_schema`, definition.inputSchema, maxNameLength);
  check.optionalToken(`${field}.output_schema`, definition.outputSchema, maxNameLength);
  checkOptions(check, `${field}.options`, definition.options);
}

export function checkRenewals(check: Violations, renewals: readonly LeaseRenewal[]): void {
  check.size("renewals", renewals.length, check.limits.maxSlots);
  for (const [index, renewal] of renewals.entries())
    checkPayload(
      check,
      `renewals[${index}].checkpoint`,
      renewal.checkpoint,
      check.limits.maxCheckpointBytes,
    );
}

/** The sizes of result and checkpoint are not among it: whether they matter depends on the lease. */
export function checkOutcome(check: Violations, field: string, outcome: Outcome): void {
  const { kind, leaseToken, checkpoint, eventCount } = outcome;
  if (leaseToken.length === 0) check.add(`${field}.lease_token`, "is required");
  if (kind.case === undefined)
    check.add(field, "one of success, failure, canceled and release is required");
  if (kind.case === "success")
    checkPayload(check, `${field}.success.result`, kind.value.result, Infinity);
  if (kind.case === "failure") {
    check.enum(`${field}.failure.kind`, kind.value.kind, FailureKindSchema);
    check.duration(`${field}.failure.retry_delay`, kind.value.retryDelay);
  }
  if (kind.case === "release") check.duration(`${field}.release.delay`, kind.value.delay);
  checkPayload(check, `${field}.checkpoint`, checkpoint, Infinity);
  if (eventCount < 0n) check.add(`${field}.event_count`, `0 or more; got ${eventCount}`);
}

export function checkAttemptEvents(check: Violations, attempts: readonly AttemptEvents[]): void {
  check.size("attempts", attempts.length, check.limits.maxBatch);
  for (const [index, attempt] of attempts.entries()) {
    const field = `attempts[${index}]`;
    if (attempt.leaseToken.length === 0) check.add(`${field}.lease_token`, "is required");
    if (attempt.events.length > 0 && attempt.firstIndex < 1n)
      check.add(`${field}.first_index`, `1 or more; got ${attempt.firstIndex}`);
    check.size(`${field}.events`, attempt.events.length, check.limits.maxBatch);
    for (const [item, { age, event }] of attempt.events.entries()) {
      const path = `${field}.events[${item}]`;
      check.duration(`${path}.age`, age);
      if (event.case === undefined) check.add(path, "output or log is required");
      if (event.case === "output") checkPayload(check, `${path}.output`, event.value);
      if (event.case === "log") check.enum(`${path}.log.level`, event.value.level, LogLevelSchema);
    }
    const { progress } = attempt;
    if (progress === undefined) continue;
    check.number(`${field}.progress.completed`, progress.completed, 0, Number.MAX_VALUE);
    check.number(`${field}.progress.total`, progress.total, 0, Number.MAX_VALUE);
  }
}
