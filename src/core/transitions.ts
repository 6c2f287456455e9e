/**
 * The life of a task: which state may follow which, and one pure function per transition. Each takes
 * a record and gives the record that follows, one revision on; storages write it by compare-and-set.
 */
export { mayFollow, TERMINAL_STATES } from "./transitions/state-table.ts";
export {
  annotate,
  currentAttempt,
  holds,
  isStartable,
  renew,
  start,
  type StartParams,
} from "./transitions/attempt-starts.ts";
export {
  endCanceled,
  endedAs,
  fail,
  giveBack,
  isOfferedInVain,
  MAX_ATTEMPT_HISTORY,
  retryLater,
  succeed,
  takeBack,
  type AttemptEnd,
} from "./transitions/attempt-ends.ts";
export { endWaiting, requestCancel, reschedule, retryByHand } from "./transitions/interventions.ts";
