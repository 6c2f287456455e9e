import { resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { QTasksError, type Reason } from "../../../core/errors.ts";
import type { MonotoneClock } from "../monotone-clock.ts";
import { buffersOf } from "../packed.ts";
import type { Call, CallMap, Reply, Request, ThreadData } from "./calls.ts";
import { PendingCalls } from "./pending-calls.ts";

export interface EngineThreadOptions<Facts> {
  readonly engine: ThreadData["engine"];
  readonly path: string;
  readonly maxLogs: number;
  /** What to call it when the thread is not there. */
  readonly unavailable: Reason;
  readonly clock: MonotoneClock;
  /** Before the first answer of each thread. Throws where the file is not the one that it was. */
  readonly onOpened: (facts: Facts) => void;
  readonly onWarning: (warning: string) => void;
}

/** How long calls are refused outright after a file could not be opened again, in ms. */
const REOPEN_AFTER_MS = 500;

/**
 * The main side of an engine: posts calls and hands back their answers. Calls of one tick are one message.
 *
 * A thread that breaks (an I/O error, a crash) fails the calls that it held; the next call starts another
 * on the same file. Without open calls it does not keep the process alive.
 */
export class EngineThread<Calls extends CallMap, Facts> {
  readonly #options: EngineThreadOptions<Facts>;
  readonly #pending = new PendingCalls();
  #outbox: Call[] = [];
  #worker: Worker | undefined;
  #opening: Promise<void> | undefined;
  /** Between start and stop. */
  #started = false;
  /** A thread has had the file open: it must not be made anew. */
  #hasOpened = false;
  #refused: { readonly until: number; readonly error: QTasksError } | undefined;

  constructor(options: EngineThreadOptions<Facts>) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#started = true;
    try {
      await this.#open();
    } catch (thrown) {
      this.#started = false;
      throw thrown;
    }
  }

  /** Lets what was called come to its end, then closes the file. */
  async stop(): Promise<void> {
    this.#started = false;
    this.#hasOpened = false;
    await this.#opening?.catch(() => undefined);
    const worker = this.#worker;
    if (worker === undefined) return;
    const gone = new Promise((done) => worker.once("exit", done));
    this.#post();
    worker.postMessage(this.#request([], true));
    worker.ref();
    await gone;
  }

  /** Answers when the engine has committed. */
  async call<Name extends keyof Calls & string>(
    method: Name,
    params: Calls[Name]["params"],
    onValue?: (value: Calls[Name]["answer"]) => void,
  ): Promise<Calls[Name]["answer"]> {
    if (!this.#started) throw this.#unavailable("is not open");
    if (this.#worker === undefined || this.#opening !== undefined) await this.#reopen();
    return new Promise((onResolve, onReject) => {
      const id = this.#pending.add({ resolve: onResolve, reject: onReject, onValue });
      this.#outbox.push({ id, method, params });
      if (this.#outbox.length === 1) this.#postSoon();
      if (this.#pending.size === 1) this.#worker?.ref();
    });
  }

  /** Once the promises that settle now have made their calls: these may follow from the ones that are held. */
  #postSoon(): void {
    queueMicrotask(() => process.nextTick(() => this.#post()));
  }

  #post(): void {
    const calls = this.#outbox;
    this.#outbox = [];
    if (calls.length === 0) return;
    try {
      this.#send(calls);
    } catch {
      // Params that can't be cloned: their own call fails, and no other.
      for (const call of calls) this.#sendAlone(call);
    }
  }

  #send(calls: readonly Call[]): void {
    if (this.#worker === undefined) throw this.#unavailable("was closed before the call");
    const transfer = calls.flatMap((call) => buffersOf(call.params));
    this.#worker.postMessage(this.#request(calls), transfer);
  }

  #sendAlone(call: Call): void {
    try {
      this.#send([call]);
    } catch (thrown) {
      const { reason, message } = QTasksError.from(thrown);
      this.#pending.answer({ id: call.id, failure: { reason, message } });
    }
  }

  #request(calls: readonly Call[], stop?: true): Request {
    return { now: this.#options.clock.now(), calls, stop };
  }

  /** Opens the file after a thread broke. What keeps it closed is asked again after a while only. */
  async #reopen(): Promise<void> {
    const refused = this.#refused;
    if (refused !== undefined && performance.now() < refused.until) throw refused.error;
    try {
      await this.#open();
    } catch (thrown) {
      const error = this.#unavailable("can't be opened again", thrown);
      this.#refused = { until: performance.now() + REOPEN_AFTER_MS, error };
      throw error;
    }
  }

  #open(): Promise<void> {
    if (this.#opening !== undefined) return this.#opening;
    if (this.#worker !== undefined) return Promise.resolve();
    const opening = this.#spawn().finally(() => (this.#opening = undefined));
    this.#opening = opening;
    return opening;
  }

  #spawn(): Promise<void> {
    // The program's own flags, such as -e, are not for the thread.
    const workerData = this.#threadData();
    const worker = new Worker(threadUrl(), { workerData, execArgv: [], name: "qtasks-sqlite" });
    this.#worker = worker;
    return new Promise((onOpened, onRefused) => {
      const gone = (cause?: unknown): void => {
        this.#gone(worker, cause);
        onRefused(this.#unavailable("could not be opened", cause));
      };
      worker.once("error", gone);
      worker.once("exit", () => gone());
      worker.on("message", (reply: Reply) => {
        try {
          this.#hear(worker, reply);
          onOpened();
        } catch (thrown) {
          this.#dismiss(worker);
          onRefused(QTasksError.from(thrown));
        }
      });
    });
  }

  #hear(worker: Worker, reply: Reply): void {
    if (reply.kind === "refused")
      throw new QTasksError(reply.failure.reason, reply.failure.message);
    if (reply.kind === "answers") for (const answer of reply.answers) this.#pending.answer(answer);
    else {
      // The engine of this kind gives these facts; the wire does not know their type.
      this.#options.onOpened(reply.facts as Facts);
      this.#hasOpened = true;
      reply.warnings.forEach(this.#options.onWarning);
    }
    if (this.#pending.size === 0) worker.unref();
  }

  /** Ends a thread that has no file, or not the one that is wanted. */
  #dismiss(worker: Worker): void {
    this.#worker = undefined;
    worker.postMessage(this.#request([], true));
    worker.unref();
  }

  #threadData(): ThreadData {
    const { engine, path, maxLogs, clock } = this.#options;
    return { engine, path: resolve(path), create: !this.#hasOpened, now: clock.wall(), maxLogs };
  }

  #gone(worker: Worker, cause?: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#outbox = [];
    this.#pending.fail(this.#unavailable("was closed during the call", cause));
  }

  #unavailable(what: string, cause?: unknown): QTasksError {
    const { unavailable, path } = this.#options;
    const detail = cause === undefined ? "" : `: ${QTasksError.from(cause).message}`;
    return new QTasksError(unavailable, `SQLite file ${path} ${what}${detail}`, { cause });
  }
}

function threadUrl(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./thread.ts" : "./thread.js", import.meta.url);
}
