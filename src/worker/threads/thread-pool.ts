/** The threads between start and stop, and the runs that wait for one. */
import { Piscina } from "piscina";
import type { Logger } from "pino";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { QTasksError } from "../../core/errors.ts";
import { within } from "../../core/within.ts";
import type { Execution } from "../executor.ts";
import type { HandlerModule } from "../module-handler.ts";
import type { ThreadAnswer, ThreadTask } from "./messages.ts";
import type { ResolvedThreadsOptions } from "./options.ts";
import { threadExited, ThreadRun } from "./thread-run.ts";

/** How long threads have to end once they were told to, in ms. */
const CLOSE_MS = 1_000;

/** Given to a run when a thread is free for it. */
type Turn = PromiseWithResolvers<void>;

/**
 * Runs wait here and not in piscina: a thread that is ended in the middle of its task wakes none of those that wait
 * there.
 */
export class ThreadPool {
  readonly #options: ResolvedThreadsOptions;
  readonly #logger: Logger;
  readonly #pool: Piscina<ThreadTask, ThreadAnswer>;
  readonly #waiting = new Set<Turn>();
  readonly #running = new Set<ThreadRun>();
  #taken = 0;
  #lastError: unknown;

  /** CONFIG_INVALID where Node starts no threads, or none with these flags. */
  static open(options: ResolvedThreadsOptions, logger: Logger): ThreadPool {
    if (options.execArgv !== undefined || process.permission !== undefined) tryOne(options);
    return new ThreadPool(options, logger);
  }

  private constructor(options: ResolvedThreadsOptions, logger: Logger) {
    this.#options = options;
    this.#logger = logger;
    this.#pool = new Piscina<ThreadTask, ThreadAnswer>({
      filename: threadFile(),
      name: "run",
      minThreads: options.minThreads,
      maxThreads: options.maxThreads,
      idleTimeout: options.idleTimeoutMs,
      ...threadOptions(options),
      // A thread that blocks between tasks could not keep what its modules have open.
      atomics: "disabled",
      recordTiming: false,
    });
    this.#pool.on("error", (error) => this.#hearError(error));
    this.#pool.on("workerDestroy", () => setImmediate(() => this.#failStranded()));
  }

  /** Runs the handler in the first thread that is free. What is aborted before that never starts. */
  async run(execution: Execution, module: HandlerModule): Promise<unknown> {
    const { signal } = execution.context;
    signal.throwIfAborted();
    await this.#turn(signal);
    try {
      signal.throwIfAborted();
      return await this.#runNow(execution, module);
    } finally {
      this.#next();
    }
  }

  /** Ends all threads. Native code that blocks can't be interrupted: a thread in it is left behind. */
  async close(): Promise<void> {
    const stopped = new QTasksError("SHUTTING_DOWN", "the threads were stopped");
    for (const turn of this.#waiting) turn.reject(stopped);
    this.#waiting.clear();
    for (const run of this.#running) run.end(stopped);
    const gone = Promise.all([...[...this.#running].map((run) => run.gone), this.#pool.destroy()]);
    if (!(await within(CLOSE_MS, gone)))
      this.#logger.warn("a thread has not ended: native code in it blocks");
  }

  async #runNow(execution: Execution, module: HandlerModule): Promise<unknown> {
    const { abortGraceMs } = this.#options;
    const run = new ThreadRun({ execution, module, pool: this.#pool, abortGraceMs });
    this.#running.add(run);
    try {
      return await run.run();
    } finally {
      this.#running.delete(run);
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    if (this.#taken < this.#options.maxThreads) {
      this.#taken++;
      return;
    }
    const turn = Promise.withResolvers<void>();
    this.#waiting.add(turn);
    const onAbort = () => {
      if (this.#waiting.delete(turn)) turn.reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    await turn.promise.finally(() => signal.removeEventListener("abort", onAbort));
  }

  /** A thread is free: it goes to the one that waits longest. */
  #next(): void {
    const [turn] = this.#waiting;
    if (turn === undefined) return void this.#taken--;
    this.#waiting.delete(turn);
    turn.resolve();
  }

  #hearError(error: unknown): void {
    this.#lastError = error;
    this.#logger.warn({ err: error }, "a thread has ended by itself");
  }

  /** Runs for which no thread comes up: piscina would keep them for good. */
  #failStranded(): void {
    if (this.#pool.threads.length > 0) return;
    const why = this.#lastError ?? new Error("it could not start");
    for (const run of this.#running) run.end(threadExited(why));
  }
}

/** What throws here would, thrown within piscina, leave a promise that rejects with nobody to hear it. */
function tryOne(options: ResolvedThreadsOptions): void {
  try {
    const thread = new Worker("", { eval: true, ...threadOptions(options) });
    thread.once("error", () => undefined).unref();
  } catch (cause) {
    const why = `threads can't be started: ${(cause as Error).message}`;
    throw new QTasksError("CONFIG_INVALID", why, { cause });
  }
}

function threadOptions({ execArgv, resourceLimits }: ResolvedThreadsOptions) {
  return {
    ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
    ...(resourceLimits === undefined ? {} : { resourceLimits }),
  };
}

/** Beside this file: TypeScript in a checkout, JavaScript in the package. */
function threadFile(): string {
  const name = import.meta.url.endsWith(".ts") ? "./thread.ts" : "./thread.js";
  return fileURLToPath(new URL(name, import.meta.url));
}
