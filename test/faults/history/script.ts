/** Small histories written by hand, for the tests of the checker. Times in ms from the start of the script. */
import type { Answer, AttemptSight, LeaseWord, TaskSight, Verdict } from "./answer.ts";
import type { Call, EnqueuedTask, ReportedOutcome } from "./call.ts";
import { check } from "./checker.ts";
import { Collector } from "./collector.ts";
import type { HistoryEvent, InjectionEvent, SettingsEvent } from "./event.ts";
import type { RunHistory } from "./history.ts";
import type { Violation } from "./rule.ts";

const START_AT = 1_000_000;
const TAKES_MS = 5;

/** A moment of the script as the log's clock says it. */
export function clock(at: number): number {
  return START_AT + at;
}

/** The token of an attempt, unless a script says otherwise. */
export function tokenOf(taskId: string, attempt: number): string {
  return `${taskId}#${attempt}`;
}

export interface Placed {
  readonly at: number;
  /** Until the answer. @default 5 */
  readonly takes?: number;
  /** Of the process. @default "client", or "worker" for what workers do */
  readonly by?: string;
}

export class Script {
  readonly #files = new Map<string, HistoryEvent[]>();
  #calls = 0;

  constructor(settings: Partial<SettingsEvent> = {}) {
    this.event("harness", {
      type: "settings",
      at: 0,
      seed: 1,
      backend: "script",
      leaseMs: 2_000,
      deliveryTimeoutMs: 1_500,
      heartbeatIntervalMs: 500,
      sweepIntervalMs: 1_000,
      slackMs: 1_000,
      clockSkewMs: 10,
      ...settings,
    });
  }

  /** Any line; `at` counts from the start of the script. */
  event(process: string, event: HistoryEvent): this {
    const events = this.#files.get(process) ?? [];
    this.#files.set(process, events);
    events.push({ ...event, at: clock(event.at) });
    return this;
  }

  /** A call with its answer; an answer that is a string is the reason of an error, undefined is none at all. */
  call(request: Call, answer: Answer | string | undefined, placed: Placed): this {
    const { at, takes = TAKES_MS, by = byDefault(request) } = placed;
    const call = ++this.#calls;
    this.event(by, { type: "call", at, call, request });
    if (answer === undefined) return this;
    return typeof answer === "string"
      ? this.event(by, { type: "error", at: at + takes, call, reason: answer })
      : this.event(by, { type: "answer", at: at + takes, call, answer });
  }

  enqueue(taskId: string, placed: Placed & Partial<EnqueuedTask>): this {
    const { at, takes, by, ...task } = placed;
    const tasks = [{ taskId, name: "work", ...task }];
    const enqueued = [{ taskId, created: true }];
    return this.call({ op: "enqueue", tasks }, { enqueued }, { at, takes, by });
  }

  lease(
    taskId: string,
    attempt: number,
    placed: Placed & {
      readonly token?: string;
      readonly fencing?: number;
      readonly session?: string;
    },
  ): this {
    const { token = tokenOf(taskId, attempt), fencing = attempt, by = "worker" } = placed;
    const session = placed.session ?? by;
    const leases = [{ taskId, token, attempt, fencing, leaseTtlMs: 1_500 }];
    return this.call({ op: "poll", session, max: 1 }, { leases }, { ...placed, by });
  }

  report(
    taskId: string,
    attempt: number,
    placed: Placed &
      Partial<ReportedOutcome> & { readonly verdict: Verdict["verdict"] | "maybe" | "silent" },
  ): this {
    const { verdict, kind = "success", token = tokenOf(taskId, attempt), by = "worker" } = placed;
    const { result, delayMs } = placed;
    const outcome = { taskId, token, kind, ...(result === undefined ? {} : { result }), delayMs };
    const answer =
      verdict === "maybe"
        ? "SERVER_UNREACHABLE"
        : verdict === "silent"
          ? undefined
          : { verdicts: [{ verdict }] };
    return this.call({ op: "report", session: by, outcomes: [outcome] }, answer, { ...placed, by });
  }

  heartbeat(
    taskId: string,
    attempt: number,
    placed: Placed & { readonly verdict: LeaseWord["verdict"] | "maybe"; readonly token?: string },
  ): this {
    const { verdict, by = "worker", token = tokenOf(taskId, attempt) } = placed;
    const lease = { taskId, token };
    const answer =
      verdict === "maybe"
        ? "SERVER_UNREACHABLE"
        : {
            statuses: [{ ...lease, verdict, ...(verdict === "LOST" ? {} : { leaseTtlMs: 2_000 }) }],
          };
    const request: Call = { op: "heartbeat", session: by, leases: [lease] };
    return this.call(request, answer, { ...placed, by });
  }

  start(taskId: string, attempt: number, placed: Placed & { readonly token?: string }): this {
    const { at, by = "worker", token = tokenOf(taskId, attempt) } = placed;
    return this.event(by, { type: "handlerStarted", at, taskId, attempt, token });
  }

  /** Somebody reads the task. */
  see(
    taskId: string,
    sight: Partial<TaskSight>,
    placed: Placed & { op?: "get" | "readOut" },
  ): this {
    const tasks = [sightOf(taskId, sight)];
    const { op = "get", by = op === "readOut" ? "harness" : "client" } = placed;
    return this.call({ op, taskIds: [taskId] }, { tasks }, { ...placed, by });
  }

  /** The last word, with all attempts. */
  readOut(taskId: string, sight: Partial<TaskSight>, placed: Placed): this {
    return this.see(taskId, sight, { ...placed, op: "readOut" });
  }

  injection(
    injection: string,
    placed: Partial<InjectionEvent> & { readonly at: number; readonly until: number },
  ): this {
    const { until, ...rest } = placed;
    return this.event("harness", {
      type: "injection",
      injection,
      kind: "stop-server",
      target: "server",
      affects: ["server"],
      ...rest,
    }).event("harness", { type: "injectionEnded", at: until, injection, mendAt: clock(until) });
  }

  /** The events of each process in the order of their times, as its file would have them. */
  files(): Map<string, HistoryEvent[]> {
    const files = new Map<string, HistoryEvent[]>();
    for (const [name, events] of this.#files)
      files.set(
        name,
        events.toSorted((a, b) => a.at - b.at),
      );
    return files;
  }

  run(): RunHistory {
    return collect(this.files());
  }

  violations(): readonly Violation[] {
    return check(this.run()).violations;
  }

  /** Names of the rules that refuse the history. */
  refusedBy(): string[] {
    return [...new Set(this.violations().map(({ rule }) => rule))].toSorted();
  }
}

/** The run that these files tell of. */
export function collect(files: ReadonlyMap<string, readonly HistoryEvent[]>): RunHistory {
  const collector = new Collector();
  for (const [name, events] of files) {
    const file = collector.file(name);
    for (const event of events) file.add(event);
    file.end();
  }
  return collector.run();
}

/** A task as it is seen, with times from the start of the script. */
export function sightOf(taskId: string, sight: Partial<TaskSight>): TaskSight {
  const { endedAt, ...rest } = sight;
  return {
    taskId,
    state: "PENDING",
    revision: 1,
    retries: 0,
    createdAt: START_AT,
    scheduledAt: START_AT,
    ...rest,
    ...(endedAt === undefined ? {} : { endedAt: clock(endedAt) }),
  };
}

/** An attempt as the record keeps it. */
export function attemptSight(
  number: number,
  state: AttemptSight["state"],
  times: { readonly startedAt?: number; readonly endedAt?: number; readonly fencing?: number } = {},
): AttemptSight {
  const { startedAt = 0, endedAt = 0, fencing = number } = times;
  return { number, state, fencing, startedAt: clock(startedAt), endedAt: clock(endedAt) };
}

function byDefault({ op }: Call): string {
  return op === "poll" || op === "report" || op === "heartbeat" || op === "unregister"
    ? "worker"
    : "client";
}
