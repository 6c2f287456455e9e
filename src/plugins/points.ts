/**
 * All points at which hooks can be installed. The reference in docs/reference/hooks.md is made of this table; the
 * compiler keeps it complete.
 */
import type { PipelineHooks } from "../pipeline/hooks.ts";
import type { ServerHooks } from "../server/hooks.ts";
import type { WorkerHooks } from "../worker/hooks.ts";
import type { AppHooks } from "./app-hooks.ts";
import type { ComponentHooks } from "./component-hooks.ts";

type PointsOf<Component extends string, Hooks> = {
  readonly [Name in keyof Hooks & string as `${Component}.${Name}`]-?: NonNullable<Hooks[Name]>;
};

/** The type of the hook at each point. */
export type HookTypes = PointsOf<"app", AppHooks> &
  PointsOf<"pipeline", PipelineHooks> &
  PointsOf<"storage", ComponentHooks> &
  PointsOf<"broker", ComponentHooks> &
  // Children are enqueued through app.enqueue, routes have a function of their own.
  PointsOf<"worker", Omit<WorkerHooks, "enqueue">> &
  PointsOf<"server", Omit<ServerHooks, "routes">>;

export type PointName = keyof HookTypes;

/** Parts of an app that have points. */
export type ComponentName = PointName extends `${infer Component}.${string}` ? Component : never;

/**
 * `tell`: hooks are told, in order. `wait`: they are told and waited for. `replace`: what a hook gives is passed on to
 * the next. `around`: a hook calls the rest.
 */
export type PointKind = "tell" | "wait" | "replace" | "around";

export interface PointInfo {
  readonly kind: PointKind;
  /** What an error in a hook does. `isolated`: it is logged. `fatal`: what was under way fails with it. */
  readonly onError: "isolated" | "fatal";
  /** When it is called. */
  readonly when: string;
  /** The type of what passes. */
  readonly event: string;
  /** A hook that replaces may give a promise. @default it gives the event at once */
  readonly async?: boolean;
  /** The event names a task: plugins of routers and tasks may hook here too, and hear of their tasks alone. */
  readonly perTask: boolean;
}

const told = { kind: "tell", onError: "isolated" } as const;

/** The table. */
export const POINTS: { readonly [Point in PointName]: PointInfo } = {
  "app.starting": {
    kind: "wait",
    onError: "fatal",
    when: "the connection is open; before definitions, server and worker start",
    event: "AppEvent",
    perTask: false,
  },
  "app.started": {
    kind: "wait",
    onError: "fatal",
    when: "all components run; after an error they are stopped again",
    event: "AppStarted",
    perTask: false,
  },
  "app.stopping": {
    kind: "wait",
    onError: "isolated",
    when: "before the first component stops",
    event: "AppEvent",
    perTask: false,
  },
  "app.stopped": {
    kind: "wait",
    onError: "isolated",
    when: "worker and server have stopped; before the connection is closed",
    event: "AppEvent",
    perTask: false,
  },
  "app.task": {
    kind: "replace",
    onError: "fatal",
    when: "a task with a handler becomes part of the app",
    event: "TaskAdded",
    perTask: true,
  },
  "app.enqueue": {
    kind: "around",
    onError: "fatal",
    when: "a task is enqueued or run by this app, also by a handler of it; in the caller's asynchronous context",
    event: "EnqueueCall",
    perTask: true,
  },
  "app.encode": {
    kind: "replace",
    onError: "fatal",
    when: "a payload leaves this app: inputs, results, outputs, checkpoints, details of failures; an error refuses what it is of",
    event: "PayloadEvent",
    perTask: false,
  },
  "app.decode": {
    kind: "replace",
    onError: "fatal",
    when: "a payload comes to this app; the hooks are called in reverse order; an error is of who reads the payload, and others of the same answer are read",
    event: "PayloadEvent",
    perTask: false,
  },
  "pipeline.enqueue": {
    kind: "replace",
    onError: "fatal",
    when: "a checked request of any client is about to be stored; a QTasksError refuses it",
    async: true,
    event: "EnqueueEvent",
    perTask: true,
  },
  "pipeline.enqueued": {
    ...told,
    when: "this server has stored a new task",
    event: "TaskEvent",
    perTask: true,
  },
  "pipeline.handedOut": {
    ...told,
    when: "this server has handed a task to a worker",
    event: "HandedOutEvent",
    perTask: true,
  },
  "pipeline.attemptEnded": {
    ...told,
    when: "this server has recorded the end of an attempt",
    event: "AttemptEndedEvent",
    perTask: true,
  },
  "pipeline.ended": {
    ...told,
    when: "this server has recorded the end of a task",
    event: "EndedEvent",
    perTask: true,
  },
  "pipeline.staleOutcome": {
    ...told,
    when: "an outcome came too late to count",
    event: "StaleOutcomeEvent",
    perTask: false,
  },
  "storage.call": {
    ...told,
    when: "a call of the storage, or of a backend that is both, has ended",
    event: "ComponentCall",
    perTask: false,
  },
  "broker.call": {
    ...told,
    when: "a call of a broker of its own has ended",
    event: "ComponentCall",
    perTask: false,
  },
  "worker.starting": {
    kind: "wait",
    onError: "fatal",
    when: "a worker of this app starts; before it takes tasks",
    event: "WorkerEvent",
    perTask: false,
  },
  "worker.stopped": {
    kind: "wait",
    onError: "isolated",
    when: "a worker of this app has ended, or could not start; handlers that do not heed their signal may go on",
    event: "WorkerEvent",
    perTask: false,
  },
  "worker.attemptStarted": {
    ...told,
    when: "this worker was handed a task",
    event: "AttemptStarted",
    perTask: true,
  },
  "worker.attemptEnded": {
    ...told,
    when: "how an attempt of this worker ends is decided; its outcome is not reported yet",
    event: "AttemptEnded",
    perTask: true,
  },
  "server.call": {
    ...told,
    when: "a call by gRPC or HTTP was answered",
    event: "CallEvent",
    perTask: false,
  },
};

/** The component that a point belongs to. */
export function componentOf(point: PointName): ComponentName {
  return point.slice(0, point.indexOf(".")) as ComponentName;
}
