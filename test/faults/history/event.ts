/**
 * The history of a run: what its clients, workers and harness note, one JSON object per line, one file per
 * process. The checker reads all the files of a directory.
 *
 * A call is noted before it is sent and once more when its answer is there. One without an answer, or with an
 * error that does not rule it out, is a *maybe*: it may have happened or not, also later.
 */
import type { Call } from "./call.ts";
import type { Answer } from "./answer.ts";

/** Every line. `at` is ms since the epoch by the log's clock (see `log.ts`). */
export type HistoryEvent =
  | ProcessEvent
  | SettingsEvent
  | CallEvent
  | AnswerEvent
  | ErrorEvent
  | HandlerStartedEvent
  | HandlerEndedEvent
  | InjectionEvent
  | InjectionEndedEvent
  | ProbeEvent
  | ProbeEndedEvent
  | ProcessEndedEvent;

/** First line of every file. */
export interface ProcessEvent {
  readonly type: "process";
  readonly at: number;
  /** Unique in the run, such as `worker-3.2` for the second life of worker 3. */
  readonly process: string;
  readonly role: "client" | "worker" | "harness";
  readonly pid: number;
}

/** Last line of a process that was not killed. */
export interface ProcessEndedEvent {
  readonly type: "processEnded";
  readonly at: number;
}

/** What the servers were started with; once in a run, by the harness. Durations in ms. */
export interface SettingsEvent {
  readonly type: "settings";
  readonly at: number;
  readonly seed: number;
  /** Name of the backend or pair, for the report: `sqlite`, `redis`, `redis+memory`. */
  readonly backend: string;
  readonly leaseMs: number;
  readonly deliveryTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly sweepIntervalMs: number;
  /** Of tasks that name none. @default 86400000 */
  readonly retentionMs?: number;
  /** Ended attempts that a record keeps. @default 10 */
  readonly attemptHistory?: number;
  /** How late a busy machine may be before lateness is a violation. @default 5000 */
  readonly slackMs?: number;
  /** How far the clocks of two processes, or of a server and the log, may lie apart. @default 50 */
  readonly clockSkewMs?: number;
}

/** A call that is about to be sent. Streams are calls with many answers. */
export interface CallEvent {
  readonly type: "call";
  readonly at: number;
  /** Number within the process. */
  readonly call: number;
  readonly request: Call;
}

export interface AnswerEvent {
  readonly type: "answer";
  readonly at: number;
  readonly call: number;
  readonly answer: Answer;
}

/** The call failed, or its caller gave up. */
export interface ErrorEvent {
  readonly type: "error";
  readonly at: number;
  readonly call: number;
  /** A reason of `src/core/errors.ts`, or the name of a gRPC status. */
  readonly reason: string;
}

/** A worker's handler is about to run. */
export interface HandlerStartedEvent {
  readonly type: "handlerStarted";
  readonly at: number;
  readonly taskId: string;
  readonly attempt: number;
  readonly token: string;
}

export interface HandlerEndedEvent {
  readonly type: "handlerEnded";
  readonly at: number;
  readonly taskId: string;
  readonly attempt: number;
  readonly token: string;
}

/** What an injection touches. Those of servers, backend and clock put off what servers do by themselves. */
export type Affected = "client" | "worker" | "server" | "backend" | "clock";

/** The harness is about to break something. A cut between A and B affects both. */
export interface InjectionEvent {
  readonly type: "injection";
  readonly at: number;
  /** Unique in the run. */
  readonly injection: string;
  /** For the report: `kill-worker`, `stop-server`, `cut-backend`, … */
  readonly kind: string;
  /** Who is hit: a process, a link. */
  readonly target: string;
  readonly affects: readonly Affected[];
  /** While it lasts no server at all can read or write its storage: all are gone, stopped or cut off. */
  readonly outage?: boolean;
  /** Clock: by how much it jumps, in ms; negative is backwards. */
  readonly jumpMs?: number;
}

/** The injection is over. One that is never ended lasts until the end of the run. */
export interface InjectionEndedEvent {
  readonly type: "injectionEnded";
  /** When all was well again: the server answered, the link let calls through. */
  readonly at: number;
  readonly injection: string;
  /** When the harness began to mend it: just before SIGCONT, the restart, the heal of the link. */
  readonly mendAt: number;
}

/**
 * Tasks enqueued on a queue that nobody served, all acknowledged by now, and nothing is broken: whoever polls
 * first from here on, one session with one slot, must get them in order.
 */
export interface ProbeEvent {
  readonly type: "probe";
  readonly at: number;
  /** Unique in the run. */
  readonly probe: string;
  readonly taskIds: readonly string[];
}

/** All tasks of the probe were handed out. */
export interface ProbeEndedEvent {
  readonly type: "probeEnded";
  readonly at: number;
  readonly probe: string;
}
