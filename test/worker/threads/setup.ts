/** A worker on a fake server whose handlers run in threads. */
import type { TestContext } from "node:test";
import type { Executor } from "../../../src/worker/executor.ts";
import type { Handler } from "../../../src/worker/handler.ts";
import { moduleHandler } from "../../../src/worker/module-handler.ts";
import type { WorkerOptions } from "../../../src/worker/options.ts";
import type { Registration } from "../../../src/worker/registration.ts";
import type { ThreadsOptions } from "../../../src/worker/threads/options.ts";
import { threads } from "../../../src/worker/threads/threads.ts";
import { create, type Setup } from "../setup.ts";
import type * as handlers from "./handlers.ts";

export type Name = Exclude<keyof typeof handlers, "THROWN">;

const URL_OF_HANDLERS = new URL("./handlers.ts", import.meta.url);

/** The handler that the module exports under the name. */
export function handlerOf(name: Name): Handler {
  return moduleHandler<typeof handlers, Name>(URL_OF_HANDLERS, name) as Handler;
}

export function registered(name: Name, more: Partial<Registration> = {}): Registration {
  return { definition: { name }, handler: handlerOf(name), ...more };
}

export interface ThreadsSetup extends Setup {
  readonly pool: Executor;
  /** A cell that is given, instead of their inputs, to handlers registered by `celled`. */
  readonly cell: Int32Array;
}

export interface ThreadsSetupOptions {
  readonly threads?: ThreadsOptions;
  readonly worker?: Partial<WorkerOptions>;
  /** Handlers that run on the main thread. */
  readonly inline?: Readonly<Record<string, Handler<never>>>;
}

/** All handlers of the module, in threads. Those that take a cell are given the setup's. */
export async function setupThreads(
  t: TestContext,
  options: ThreadsSetupOptions = {},
): Promise<ThreadsSetup> {
  const pool = threads({ maxThreads: 2, ...options.threads });
  const shared = new SharedArrayBuffer(4);
  const made = create(options.inline ?? {}, options.worker);
  for (const name of NAMES)
    await made.worker.add(registered(name, { executor: pool, checkInput: inputOf(name, shared) }));
  t.after(() => made.worker.stop());
  await made.worker.start();
  return { ...made, pool, cell: new Int32Array(shared) };
}

const NAMES = [
  "default",
  "where",
  "block",
  "spinAndMark",
  "heed",
  "stopEarly",
  "exit",
  "uncaught",
  "eatMemory",
  "count",
  "resume",
  "tell",
  "enqueueChildren",
  "impatientChild",
  "facts",
  "bytes",
  "xml",
  "logUser",
  "logUserAndEnd",
  "unsendable",
  "fail",
  "sayAndExit",
  "sleepNatively",
] as readonly Name[];

function inputOf(name: Name, cell: SharedArrayBuffer): Registration["checkInput"] {
  if (name === "heed") return () => cell;
  if (name === "spinAndMark") return (ms) => ({ ms, cell });
  return name === "bytes" ? (list) => Uint8Array.from(list as number[]) : undefined;
}
