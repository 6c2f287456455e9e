/** What a worker is made with. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { pino, type Logger } from "pino";
import type { SystemService } from "../../gen/qtasksapi/v1/system_service_pb.ts";
import type { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type { WorkerService } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { ServiceCalls } from "../core/calls.ts";
import { systemClock, type TimerClock } from "../core/clock.ts";
import { QTasksError } from "../core/errors.ts";
import { notExecutor, notLogger } from "../core/kinds.ts";
import { checkConfigOptions, throwConfigFaults, type NamesOf } from "../core/known-options.ts";
import { DEFAULT_LIMITS } from "../core/limits.ts";
import { MAX_TIMER_MS } from "../core/max-timer.ts";
import type { WorkerHooks } from "./hooks.ts";
import { InlineExecutor, type Executor } from "./executor.ts";
import type { QueueStrategy } from "./queue-strategy.ts";
import type { Registration } from "./registration.ts";

export interface WorkerOptions {
  /** The server's WorkerService, over a network or in this process. */
  readonly calls: ServiceCalls<typeof WorkerService>;
  /** For `context.enqueue`; without it, handlers can't enqueue by their context. */
  readonly tasks?: ServiceCalls<typeof TaskService> | undefined;
  /** Takes the descriptors of typed tasks; without it the server does not get to know them. */
  readonly system?: ServiceCalls<typeof SystemService> | undefined;
  readonly handlers?: readonly Registration[] | undefined;
  /** Attempts that it runs at once, 1 to 10,000. @default 100 */
  readonly slots?: number | undefined;
  /** Queues that it takes from. @default those of its definitions */
  readonly queues?: readonly string[] | undefined;
  /** Which of them it takes from next, and in what proportion. @default in turn */
  readonly queueStrategy?: QueueStrategy | undefined;
  /** For people. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly logger?: Logger | undefined;
  /** How long `stop` lets handlers finish, in ms, 0 or more. @default 25,000 */
  readonly graceMs?: number | undefined;
  /** For people. @default host:pid:random */
  readonly workerId?: string | undefined;
  /** Version of the worker's code, for people. */
  readonly buildId?: string | undefined;
  /** Version of this package, told to the server. */
  readonly sdkVersion?: string | undefined;
  /** @default one that runs handlers on this thread */
  readonly executor?: Executor | undefined;
  /** @default none */
  readonly hooks?: WorkerHooks | undefined;
  /** What heartbeats and the attempts' timeouts go by. @default the machine's clock */
  readonly clock?: TimerClock | undefined;
  /** Opens a new connection, when the server says that it goes away. */
  readonly reconnect?: (() => void) | undefined;
}

const OPTIONS: NamesOf<WorkerOptions> = {
  calls: true,
  tasks: true,
  system: true,
  handlers: true,
  slots: true,
  queues: true,
  queueStrategy: true,
  labels: true,
  logger: true,
  graceMs: true,
  workerId: true,
  buildId: true,
  sdkVersion: true,
  executor: true,
  hooks: true,
  clock: true,
  reconnect: true,
};

type Optional = "tasks" | "system" | "queueStrategy" | "reconnect";

export type ResolvedWorkerOptions = Readonly<
  Pick<WorkerOptions, Optional> & {
    [K in Exclude<keyof WorkerOptions, Optional | "handlers">]-?: NonNullable<WorkerOptions[K]>;
  }
>;

/** Every option with its value; CONFIG_INVALID names what is wrong. */
export function resolveWorkerOptions(options: WorkerOptions): ResolvedWorkerOptions {
  checkConfigOptions("worker", options, OPTIONS);
  const { slots = 100, graceMs = 25_000 } = options;
  checkNumber("slots", slots, 1, DEFAULT_LIMITS.maxSlots);
  checkNumber("graceMs", graceMs, 0, MAX_TIMER_MS);
  checkStrategy(options.queueStrategy);
  throwConfigFaults("worker", [
    ...notLogger("logger", options.logger),
    ...notExecutor("executor", options.executor),
  ]);
  return Object.freeze({
    calls: options.calls,
    tasks: options.tasks,
    system: options.system,
    reconnect: options.reconnect,
    slots,
    graceMs,
    queues: options.queues ?? [],
    queueStrategy: options.queueStrategy,
    labels: options.labels ?? {},
    logger: options.logger ?? pino({ name: "qtasks-worker" }),
    workerId: options.workerId ?? `${hostname()}:${process.pid}:${randomBytes(3).toString("hex")}`,
    buildId: options.buildId ?? "",
    sdkVersion: options.sdkVersion ?? "",
    executor: options.executor ?? new InlineExecutor(),
    clock: options.clock ?? systemClock,
    hooks: options.hooks ?? {},
  });
}

function checkStrategy(strategy: unknown): void {
  if (strategy === undefined) return;
  const { choose, names = [] } = Object(strategy) as Partial<QueueStrategy>;
  if (typeof choose !== "function")
    throw invalidStrategy("an object with choose(queues)", strategy);
  if (!Array.isArray(names)) throw invalidStrategy("names as an array", names);
}

function invalidStrategy(expected: string, got: unknown): QTasksError {
  return new QTasksError(
    "CONFIG_INVALID",
    `queueStrategy: expected ${expected}; got ${typeof got}`,
  );
}

function checkNumber(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new QTasksError(
    "CONFIG_INVALID",
    `${name} must be a whole number from ${min} to ${max}; got ${value}`,
  );
}
