/** What may follow a record, made by the transitions of core; a number chooses among what its state allows. */
import { AttemptState, TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { isLeased, isWaiting, type TaskRecord } from "../../../src/core/record.ts";
import { uniqueOf } from "../../../src/core/tags.ts";
import {
  annotate,
  endCanceled,
  endWaiting,
  fail,
  giveBack,
  isStartable,
  requestCancel,
  reschedule,
  retryByHand,
  retryLater,
  start,
  succeed,
  takeBack,
} from "../../../src/core/transitions.ts";
import type { Change, StoredEvent } from "../../../src/storage/storage.ts";
import { everyByte, makeFailure } from "../../../src/testing/contract/records.ts";

/** Numbers that decide what follows; each is used for whatever the step needs. */
export interface Step {
  readonly choice: number;
  readonly now: number;
  readonly delayMs: number;
  readonly small: number;
  readonly stamp: number;
  readonly nonce: string;
}

type Follow = (record: TaskRecord, step: Step) => Omit<Change, "revision">;

/** The change that the step makes of a record. */
export function changeOf(record: TaskRecord, step: Step): Change {
  const options = optionsFor(record);
  const { after, ...rest } = options[step.choice % options.length]!(record, step);
  return { revision: record.revision, after: { ...after, stamp: step.stamp }, ...rest };
}

function optionsFor(record: TaskRecord): readonly Follow[] {
  if (isWaiting(record.state)) return WAITING;
  if (record.state === TaskState.RUNNING) return RUNNING;
  if (isLeased(record.state)) return CANCELING;
  return TERMINAL;
}

const attemptEnd = ({ now, small }: Step, state: AttemptState) => ({
  now,
  state,
  reported: small % 2 === 0,
  failure: makeFailure(`F${small}`),
  ...(small === 1 && { checkpoint: everyByte(20) }),
});

const ended: Follow = (record, { now, small }) => {
  const states = [TaskState.CANCELED, TaskState.EXPIRED, TaskState.FAILED] as const;
  const end = { now, failure: makeFailure(`F${small}`), cancelReason: "wäit" };
  return { after: endWaiting(record, states[small % 3]!, end) };
};
const moved: Follow = (record, { now, delayMs, small }) => {
  const place = small === 0 ? {} : { priority: small };
  return { after: reschedule(record, { now, dueAt: now + delayMs, ...place }) };
};
const raised: Follow = (record, { now, small }) => ({
  after: reschedule(record, { now, priority: small }),
});
const started: Follow = (record, step) => {
  const { now, nonce, delayMs, small } = step;
  if (!isStartable(record, now)) return raised(record, step);
  const lease = { sessionId: `s${small}`, workerId: "wörker", leaseMs: delayMs + 100 };
  return { after: start(record, { now, nonce, ...lease, delivered: small === 0 }) };
};
const succeeded: Follow = (record, { now, small }) => ({
  after: succeed(record, { now, reported: true, result: everyByte(small * 400) }),
});
const failed: Follow = (record, step) => ({
  after: fail(record, attemptEnd(step, AttemptState.FAILED)),
});
const canceled: Follow = (record, step) => ({
  after: endCanceled(record, attemptEnd(step, AttemptState.CANCELED)),
});
const retried: Follow = (record, step) => ({
  after: retryLater(record, attemptEnd(step, AttemptState.FAILED), step.now + step.delayMs),
});
const released: Follow = (record, step) => ({
  after: giveBack(record, attemptEnd(step, AttemptState.RELEASED), step.delayMs),
});
const lost: Follow = (record, step) => ({
  after: giveBack(record, attemptEnd(step, AttemptState.LOST), step.small === 0 ? 0 : step.delayMs),
});
const undelivered: Follow = (record, { now }) => ({ after: takeBack(record, now) });
const cancel: Follow = (record, { now, delayMs, small }) => ({
  after: requestCancel(record, { now, reason: "stöp", forceAt: small === 0 ? 0 : now + delayMs }),
});
const noted: Follow = (record, { now, delayMs, small }) => {
  const events: StoredEvent[] = Array.from({ length: small + 1 }, (_, at) => ({
    sequence: record.eventSequence + at + 1,
    kind: (at + small) % 2 === 0 ? "log" : "output",
    body: everyByte(10 + at),
  }));
  const after = annotate(record, now, {
    eventSequence: record.eventSequence + events.length,
    attemptEvents: record.attemptEvents + events.length,
    outputCount: record.outputCount + events.filter(({ kind }) => kind === "output").length,
    progress: everyByte(small),
    leaseEndAt: now + delayMs,
    delivered: true,
  });
  return { after, events };
};
const again: Follow = (record, { now, delayMs, small }) => {
  const times = { pendingTimeoutMs: small === 0 ? 0 : delayMs, totalTimeoutMs: 0 };
  const after = retryByHand(record, { now, ...times });
  if (uniqueOf(record.tags) === undefined) return { after };
  return { after, claim: { untilAt: small === 1 ? now + delayMs : 0 } };
};

const WAITING = [started, moved, ended, started, raised, moved];
const CANCELING = [succeeded, canceled, failed, cancel, noted];
const RUNNING = [
  succeeded,
  failed,
  retried,
  released,
  lost,
  undelivered,
  cancel,
  noted,
  canceled,
  retried,
  lost,
];
const TERMINAL = [again];
