/** The options of a client's calls by name; the compiler sees to it that none is missing. */
import type { NamesOf } from "../core/known-options.ts";
import type { CallOptions } from "../core/calls.ts";
import { ENQUEUE_OPTIONS } from "../core/enqueue-request.ts";
import type {
  CancelOptions,
  EventOptions,
  FollowOptions,
  GetOptions,
  PageOptions,
  RescheduleOptions,
  RetryOptions,
  RunOptions,
  SendOptions,
} from "./requests.ts";
import type { WaitOptions } from "./wait.ts";
import type { WatchOptions } from "./watch.ts";

const SEND: NamesOf<SendOptions> = { ...ENQUEUE_OPTIONS, patienceMs: true, signal: true };
const RUN: NamesOf<RunOptions> = { ...SEND, timeoutMs: true };
const CALL: NamesOf<CallOptions> = { signal: true, timeoutMs: true };
const WAIT: NamesOf<WaitOptions> = { signal: true, timeoutMs: true };
const GET: NamesOf<GetOptions> = { ...CALL, view: true };
const CANCEL: NamesOf<CancelOptions> = { ...CALL, reason: true, forceAfterMs: true };
const RETRY: NamesOf<RetryOptions> = { ...CALL, expectedRevision: true };
const RESCHEDULE: NamesOf<RescheduleOptions> = {
  ...RETRY,
  delayMs: true,
  scheduleAt: true,
  priority: true,
};
const EVENTS: NamesOf<EventOptions> = { after: true, signal: true };
const FOLLOW: NamesOf<FollowOptions> = { ...EVENTS, follow: true };
const WATCH: NamesOf<WatchOptions> = { events: true, view: true, signal: true };
const PAGE: NamesOf<PageOptions> = { view: true, pageSize: true, pageToken: true, signal: true };

/** By the client's method, or the handle's where it has options of its own. */
export const KNOWN = {
  enqueue: SEND,
  run: RUN,
  get: GET,
  await: WAIT,
  watch: WATCH,
  events: EVENTS,
  follow: FOLLOW,
  listPage: PAGE,
  count: CALL,
  cancel: CANCEL,
  retry: RETRY,
  retryMatching: CALL,
  reschedule: RESCHEDULE,
  delete: CALL,
};
