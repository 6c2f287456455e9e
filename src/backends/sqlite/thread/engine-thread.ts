import { resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { QTasksError, type Reason } from "../../../core/errors.ts";
import type { MonotoneClock } from "../monotone-clock.ts";
import { buffersOf } from "../packed.ts";
import type { Answer, Call, CallMap, Reply, Request, ThreadData } from "./calls.ts";

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

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: QTasksError) => void;
  /** Sees the answer in the order of the engine, before the caller does. */
  readonly onValue: ((value: never) => void) | undefined;
}

/**
 * The main side of an engine: posts calls and hands back their answers. Calls of one tick are one message.
 *
 * A thread that breaks (an I/O error, a crash) fails the calls that it held; the next call starts another
 * on the same file. Without open calls it does not keep the process alive.
 */
export class EngineThread<Calls extends CallMap, Facts> {
  readonly #options: EngineThreadOptions<Facts>;
  readonly #waiting = new Map<number, Waiting>();
  #outbox: Call[] = [];
  #lastId = 0;
  #worker: Worker | undefined;
  #opening: Promise<void> | undefined;
  /** Between start and stop. */
  #started = false;
  /** A thread has had the file open: it must not be made anew. */
  #hasOpened = false;

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
    this.#post({ stop: true });
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
    if (this.#worker === undefined || this.#opening !== undefined) await this.#open();
    return new Promise((onResolve, onReject) => {
      const id = (this.#lastId += 1);
      this.#waiting.set(id, { resolve: onResolve, reject: onReject, onValue });
      this.#outbox.push({ id, method, params });
      if (this.#outbox.length === 1) queueMicrotask(() => this.#post({}));
      if (this.#waiting.size === 1) this.#worker?.ref();
    });
  }

  #post(request: Pick<Request, "stop">): void {
    const calls = this.#outbox;
    if (this.#worker === undefined || (calls.length === 0 && request.stop === undefined)) return;
    this.#outbox = [];
    const transfer = calls.flatMap((call) => buffersOf(call.params));
    this.#worker.postMessage({ ...request, now: this.#options.clock.now(), calls }, transfer);
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
      worker.on("message", (reply: Reply) => {
        if (reply.kind === "answers") return this.#answered(reply.answers);
        try {
          this.#greeted(reply);
          worker.unref();
          onOpened();
        } catch (thrown) {
          this.#dismiss(worker);
          onRefused(QTasksError.from(thrown));
        }
      });
      worker.once("error", (error) => {
        this.#gone(worker, error);
        onRefused(this.#unavailable("could not be opened", error));
      });
      worker.once("exit", () => {
        this.#gone(worker);
        onRefused(this.#unavailable("could not be opened"));
      });
    });
  }

  /** Ends a thread whose file is not the one that is wanted. */
  #dismiss(worker: Worker): void {
    this.#worker = undefined;
    const request: Request = { now: this.#options.clock.now(), calls: [], stop: true };
    worker.postMessage(request);
    worker.unref();
  }

  #threadData(): ThreadData {
    const { engine, path, maxLogs, clock } = this.#options;
    return { engine, path: resolve(path), create: !this.#hasOpened, now: clock.wall(), maxLogs };
  }

  #greeted(reply: Exclude<Reply, { kind: "answers" }>): void {
    if (reply.kind === "refused") throw this.#refusal(reply.failure);
    // The engine of this kind gives these facts; the wire does not know their type.
    this.#options.onOpened(reply.facts as Facts);
    this.#hasOpened = true;
    reply.warnings.forEach(this.#options.onWarning);
  }

  #answered(answers: readonly Answer[]): void {
    for (const answer of answers) {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (answer.failure !== undefined) waiting?.reject(this.#refusal(answer.failure));
      else {
        waiting?.onValue?.(answer.value as never);
        waiting?.resolve(answer.value as never);
      }
    }
    if (this.#waiting.size === 0) this.#worker?.unref();
  }

  #gone(worker: Worker, cause?: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#outbox = [];
    const lost = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of lost) reject(this.#unavailable("was closed during the call", cause));
  }

  #refusal({
    reason,
    message,
  }: {
    readonly reason: Reason;
    readonly message: string;
  }): QTasksError {
    return new QTasksError(reason, message);
  }

  #unavailable(what: string, cause?: Error): QTasksError {
    const { unavailable, path } = this.#options;
    const detail = cause === undefined ? "" : `: ${cause.message}`;
    return new QTasksError(unavailable, `SQLite file ${path} ${what}${detail}`, { cause });
  }
}

function threadUrl(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./thread.ts" : "./thread.js", import.meta.url);
}
