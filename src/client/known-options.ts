/** The options of a client's calls by name; the compiler sees to it that none is missing. */
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

type Names<Options> = Readonly<Record<keyof Options, true>>;

const SEND: Names<SendOptions> = { ...ENQUEUE_OPTIONS, patienceMs: true, signal: true };
const RUN: Names<RunOptions> = { ...SEND, timeoutMs: true };
const CALL: Names<CallOptions> = { signal: true, timeoutMs: true };
const WAIT: Names<WaitOptions> = { signal: true, timeoutMs: true };
const GET: Names<GetOptions> = { ...CALL, view: true };
const CANCEL: Names<CancelOptions> = { ...CALL, reason: true, forceAfterMs: true };
const RETRY: Names<RetryOptions> = { ...CALL, expectedRevision: true };
const RESCHEDULE: Names<RescheduleOptions> = {
  ...RETRY,
  delayMs: true,
  scheduleAt: true,
  priority: true,
};
const EVENTS: Names<EventOptions> = { after: true, signal: true };
const FOLLOW: Names<FollowOptions> = { ...EVENTS, follow: true };
const WATCH: Names<WatchOptions> = { events: true, view: true, signal: true };
const PAGE: Names<PageOptions> = { view: true, pageSize: true, pageToken: true, signal: true };

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
