/** One call while it is under way. */
import type { QTasksError, Reason } from "../core/errors.ts";
import type { CallContext } from "./service.ts";

/** What a listener knows of a call before it begins. */
export interface CallInit {
  /** `package.Service/Method`, for logs. */
  readonly method: string;
  readonly deadlineAt: number | undefined;
  /** Read at most once, and only if someone asks. */
  readonly readHeaders: () => ReadonlyMap<string, string>;
}

/** The context that functions get, with the listener's side: abort and finish. */
export class Call implements CallContext {
  readonly method: string;
  readonly deadlineAt: number | undefined;
  readonly draining: AbortSignal;
  /** By the monotonic clock, where someone is told of it at the end. */
  startedAt = 0;
  /** Why it was refused; undefined while or where it went well. */
  reason: Reason | undefined;
  readonly #readHeaders: () => ReadonlyMap<string, string>;
  #headers: ReadonlyMap<string, string> | undefined;
  // Made on demand: most unary functions never look at the signal.
  #controller: AbortController | undefined;
  #parked: AbortController | undefined;
  #aborted: QTasksError | undefined;
  #finished = false;
  #reject: ((error: QTasksError) => void) | undefined;

  constructor(init: CallInit, draining: AbortSignal) {
    this.method = init.method;
    this.deadlineAt = init.deadlineAt;
    this.#readHeaders = init.readHeaders;
    this.draining = draining;
  }

  get headers(): ReadonlyMap<string, string> {
    return (this.#headers ??= this.#readHeaders());
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted !== undefined) this.#controller.abort(this.#aborted);
    return this.#controller.signal;
  }

  // No AbortSignal.any: it costs tens of microseconds, and its garbage outlives a collection.
  get parked(): AbortSignal {
    this.#parked ??= new AbortController();
    if (this.#aborted !== undefined || this.draining.aborted) this.#parked.abort();
    return this.#parked.signal;
  }

  /** Why the call was aborted, if it was. */
  get aborted(): QTasksError | undefined {
    return this.#aborted;
  }

  /**
   * Ends the call early: its signal aborts and what waits in {@link orAborted} is refused. After
   * the end it does nothing; listeners, which call it for each call that ends, pass a function, as
   * an error costs a stack trace.
   */
  abort(reason: QTasksError | (() => QTasksError)): void {
    if (this.#finished || this.#aborted !== undefined) return;
    const error = typeof reason === "function" ? reason() : reason;
    this.#aborted = error;
    this.#reject?.(error);
    this.#controller?.abort(error);
    this.#parked?.abort();
  }

  /** The drain has begun: what is parked answers. */
  drain(): void {
    this.#parked?.abort();
  }

  /** The answer is known: an abort that comes now has nothing to end. */
  finish(): void {
    this.#finished = true;
  }

  /**
   * Settles as the promise does, or is refused when the call is aborted. One wait at a time; a race
   * with one long-lived promise would keep a reaction per message of a stream.
   */
  orAborted<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      promise.then(resolve, reject);
      if (this.#aborted !== undefined) reject(this.#aborted);
    });
  }
}
