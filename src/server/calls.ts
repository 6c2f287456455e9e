/** What every call goes through on either listener: admission, counting, drain, errors. */
import type { Logger } from "pino";

import { QTasksError } from "../core/errors.ts";
import type { Authenticate } from "./auth.ts";
import { Call, type CallInit } from "./call.ts";
import type { ServerHooks } from "./hooks.ts";
import { callCanceled, shuttingDown, visibleError } from "./errors.ts";

export interface CallsOptions {
  readonly logger: Logger;
  /** Without it everyone may call. */
  readonly authenticate: Authenticate | undefined;
  /** Told of each call that was answered. @default nobody */
  readonly told?: ServerHooks["call"];
}

/** Services that probes reach without a token and while the server drains. */
const OPEN_SERVICES: readonly string[] = ["grpc.health.v1.Health/"];

/** The calls under way. Both listeners of a server share one. */
export class Calls {
  readonly #logger: Logger;
  readonly #authenticate: Authenticate | undefined;
  readonly #told: ServerHooks["call"];
  readonly #draining = new AbortController();
  readonly #underWay = new Set<Call>();
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(options: CallsOptions) {
    this.#logger = options.logger;
    this.#authenticate = options.authenticate;
    this.#told = options.told;
  }

  /** Aborts when the drain begins. */
  get draining(): AbortSignal {
    return this.#draining.signal;
  }

  get count(): number {
    return this.#underWay.size;
  }

  /** A call that a listener then passes to {@link unary} or {@link stream}. */
  open(init: CallInit): Call {
    return new Call(init, this.#draining.signal);
  }

  /** Refuses with TOKEN_INVALID or, once the drain has begun, SHUTTING_DOWN. */
  admit(method: string, authorization: () => string | undefined): void {
    if (OPEN_SERVICES.some((service) => method.startsWith(service))) return;
    this.#authenticate?.(authorization());
    if (this.#draining.signal.aborted) throw shuttingDown();
  }

  /** As {@link admit}, for a listener that asks before it opens the call; who is told of calls is told of the refusal. */
  gate(method: string, authorization: () => string | undefined): void {
    try {
      this.admit(method, authorization);
    } catch (thrown) {
      this.#told?.({ method, reason: QTasksError.from(thrown).reason, durationMs: 0 });
      throw thrown;
    }
  }

  /** Runs one unary function; refused only with errors that the caller may see. */
  async unary<T>(call: Call, work: () => Promise<T>): Promise<T> {
    this.#begin(call);
    try {
      this.admit(call.method, () => call.headers.get("authorization"));
      return await call.orAborted(work());
    } catch (thrown) {
      throw this.#visible(call, thrown);
    } finally {
      this.#end(call);
    }
  }

  /** Runs one streaming function; throws only errors that the caller may see. */
  async *stream<T>(call: Call, work: () => AsyncIterable<T>): AsyncGenerator<T, void> {
    this.#begin(call);
    let source: AsyncIterator<T> | undefined;
    try {
      this.admit(call.method, () => call.headers.get("authorization"));
      source = work()[Symbol.asyncIterator]();
      for (;;) {
        const step = await call.orAborted(source.next());
        if (step.done === true) {
          source = undefined;
          return;
        }
        yield step.value;
      }
    } catch (thrown) {
      throw this.#visible(call, thrown);
    } finally {
      if (source !== undefined) this.#return(call, source);
      this.#end(call);
    }
  }

  /** Begins the drain: new calls are refused, parked ones are told to answer. */
  drain(): void {
    this.#draining.abort();
    for (const call of this.#underWay) call.drain();
  }

  /** Waits until no call is under way. */
  async idle(): Promise<void> {
    if (this.#underWay.size === 0) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }

  /** Answers every call that is still under way with SHUTTING_DOWN. */
  abortAll(): void {
    for (const call of this.#underWay) call.abort(shuttingDown);
  }

  #begin(call: Call): void {
    this.#underWay.add(call);
    if (this.#told !== undefined) call.startedAt = performance.now();
  }

  #end(call: Call): void {
    call.finish();
    if (this.#told !== undefined) {
      const { method, startedAt, reason } = call;
      this.#told({ method, reason, durationMs: performance.now() - startedAt });
    }
    this.#underWay.delete(call);
    if (this.#underWay.size > 0) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  // Not awaited: a generator that is parked returns only when its own wait ends.
  #return<T>(call: Call, source: AsyncIterator<T>): void {
    call.abort(callCanceled);
    const returned = source.return?.();
    returned?.catch((err: unknown) => {
      this.#logger.debug({ err, method: call.method }, "a stream failed while it was closed");
    });
  }

  #visible(call: Call, thrown: unknown): QTasksError {
    const error = call.aborted ?? visibleError(thrown, call.method, this.#logger);
    call.reason = error.reason;
    return error;
  }
}
