/** A worker on a fake server, for one test. */
import assert from "node:assert/strict";
import { pino, type Logger } from "pino";
import type { TestContext } from "node:test";
import type { Failure } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { Outcome } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { Handler } from "../../src/worker/handler.ts";
import type { Registration } from "../../src/worker/registration.ts";
import { Worker } from "../../src/worker/worker.ts";
import type { WorkerOptions } from "../../src/worker/options.ts";
import { FakeServer } from "./fake-server.ts";

export type Handlers = Readonly<Record<string, Handler<never>>>;

export interface Setup {
  readonly server: FakeServer;
  readonly worker: Worker;
  /** What the worker logged, one object a line. */
  readonly logs: { readonly msg: string; readonly level: number }[];
}

/** A worker with these handlers that runs, and is stopped when the test ends. */
export async function setup(
  t: TestContext,
  handlers: Handlers,
  options: Partial<WorkerOptions> = {},
): Promise<Setup> {
  const made = create(handlers, options);
  t.after(() => made.worker.stop());
  await made.worker.start();
  return made;
}

/** The same, not started. */
export function create(handlers: Handlers, options: Partial<WorkerOptions> = {}): Setup {
  const server = new FakeServer();
  const logs: Setup["logs"] = [];
  const worker = new Worker({
    calls: server.calls,
    handlers: registrations(handlers),
    logger: memoryLogger(logs),
    graceMs: 1_000,
    ...options,
  });
  return { server, worker, logs };
}

export function registrations(handlers: Handlers): Registration[] {
  return Object.entries(handlers).map(([name, handler]) => ({
    definition: { name },
    handler: handler as Handler,
  }));
}

function memoryLogger(logs: Setup["logs"]): Logger {
  return pino(
    { level: "debug" },
    { write: (line: string) => logs.push(JSON.parse(line) as never) },
  );
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** The value of a success, decoded. */
export function resultOf({ kind }: Outcome): unknown {
  assert.equal(kind.case, "success");
  const { result } = kind.value as { result: { body: { value: string } } };
  return JSON.parse(result.body.value);
}

export function failureOf({ kind }: Outcome): Failure {
  assert.ok(kind.case === "failure", kind.case);
  return kind.value;
}
