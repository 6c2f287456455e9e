/** A worker's registration, and the calls that are made in its name. */
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Logger } from "pino";
import type {
  AttemptEventsSchema,
  Directive,
  HeartbeatResponse,
  LeaseRenewal,
  LeaseStatus,
  Outcome,
  OutcomeResult,
  PollTasksResponse,
  WorkerService,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { ServiceCalls } from "../core/calls.ts";
import { durationMs, toDuration } from "../core/duration.ts";
import { QTasksError } from "../core/errors.ts";
import { untilAnswered, type RepeatOptions } from "./backoff.ts";
import { namingTasks } from "./name-tasks.ts";
import type { ResolvedWorkerOptions } from "./options.ts";
import type { Registry } from "./registration.ts";
import { queuesOf, registerRequest, sendSchema } from "./register-request.ts";

/** What one call may take, in ms; a call without an answer by then is repeated. */
const CALL_TIMEOUT_MS = 10_000;
/** How much longer than its wait a poll may take, in ms, so that the server answers before the deadline. */
const POLL_MARGIN_MS = 10_000;

/** What the server says about leases and to the worker, with whatever it answers. */
export interface Word {
  readonly leaseStatuses: readonly LeaseStatus[];
  readonly directives?: readonly Directive[];
}

export interface SessionInit {
  readonly id: string;
  readonly options: ResolvedWorkerOptions;
  readonly registry: Registry;
  readonly logger: Logger;
  /** Ends every call of the session. */
  readonly signal: AbortSignal;
  readonly onWord: (word: Word) => void;
}

export class Session {
  readonly id: string;
  readonly #calls: ServiceCalls<typeof WorkerService>;
  readonly #init: SessionInit;
  #heartbeatMs = 5_000;
  #maxWaitMs = 30_000;
  /** Those of the last registration that the server answered. */
  #queues: readonly string[] = [];
  #registering: Promise<void> | undefined;
  /** The registry's version that the last registration told of. */
  #told: number | undefined;

  constructor(init: SessionInit) {
    this.id = init.id;
    this.#init = init;
    this.#calls = init.options.calls;
  }

  /** Ms between heartbeats, as the server wants it. */
  get heartbeatMs(): number {
    return this.#heartbeatMs;
  }

  /** Whether the server knows all that this worker can run now. */
  get isTold(): boolean {
    return this.#told === this.#init.registry.version;
  }

  /** Opens the session, or tells the server of what the worker can run since. As {@link register}. */
  async tell(): Promise<void> {
    // A registration that is under way may have been asked for before the newest task was there.
    while (!this.isTold) await this.register();
  }

  /** Opens or renews the session. Repeated while the server is away; rejects when it refuses. */
  register(): Promise<void> {
    this.#registering ??= this.#register().finally(() => (this.#registering = undefined));
    return this.#registering;
  }

  /** Resolves when no registration is under way, whatever came of it. */
  async ready(): Promise<void> {
    await this.#registering?.catch(() => undefined);
  }

  /** One poll, not repeated. */
  async poll(credit: number, waitMs: number, signal: AbortSignal): Promise<PollTasksResponse> {
    const ms = Math.min(waitMs, this.#maxWaitMs);
    const queues = credit === 0 ? [] : this.#chosen();
    const request = { sessionId: this.id, maxTasks: credit, wait: toDuration(ms), queues };
    const response = await this.#known(() =>
      this.#calls.pollTasks(request, { signal, timeoutMs: ms + POLL_MARGIN_MS }),
    );
    this.#init.onWord(response);
    return response;
  }

  /** One heartbeat, not repeated: the next one carries the same. */
  async heartbeat(
    renewals: readonly LeaseRenewal[],
    freeSlots: number,
    draining: boolean,
  ): Promise<HeartbeatResponse> {
    const request = { sessionId: this.id, renewals: [...renewals], freeSlots, draining };
    const response = await this.#known(() => this.#calls.heartbeat(request, this.#callOptions()));
    this.#init.onWord(response);
    return response;
  }

  /** Reports outcomes, repeated until answered or refused as a whole. */
  async report(outcomes: readonly Outcome[]): Promise<readonly OutcomeResult[]> {
    const request = { sessionId: this.id, outcomes: [...outcomes] };
    const { results } = await this.#repeated("report outcomes", () =>
      this.#calls.reportOutcomes(request, this.#callOptions()),
    );
    return results;
  }

  /** Records events, repeated until answered or refused as a whole. */
  async recordEvents(attempts: MessageInitShape<typeof AttemptEventsSchema>[]): Promise<void> {
    const request = { sessionId: this.id, attempts };
    const response = await this.#repeated("record events", () =>
      this.#calls.recordEvents(request, this.#callOptions()),
    );
    this.#init.onWord(response);
  }

  /** Ends the session; what is not reported is released. Not repeated. */
  async unregister(timeoutMs: number): Promise<number> {
    const request = { sessionId: this.id };
    const response = await this.#calls.unregisterWorker(request, { timeoutMs });
    return response.releasedCount;
  }

  async #register(): Promise<void> {
    const { options, registry } = this.#init;
    const { version } = registry;
    const request = registerRequest(this.id, options, registry);
    const response = await namingTasks(registry.all, () =>
      untilAnswered(
        () => this.#calls.registerWorker(request, this.#callOptions()),
        this.#repeat("register"),
      ),
    );
    this.#queues = queuesOf(options.queues, request.definitions);
    if (response.heartbeatInterval !== undefined)
      this.#heartbeatMs = Math.max(10, durationMs(response.heartbeatInterval));
    if (response.maxWait !== undefined) this.#maxWaitMs = durationMs(response.maxWait);
    if (response.schemaWanted)
      await untilAnswered(
        () => sendSchema(options, registry, this.#callOptions()),
        this.#repeat("send the schemas"),
      );
    this.#told = version;
  }

  #chosen(): string[] {
    const { queueStrategy } = this.#init.options;
    return queueStrategy === undefined ? [] : [...queueStrategy.choose(this.#queues)];
  }

  #repeated<T>(what: string, call: () => Promise<T>): Promise<T> {
    return untilAnswered(() => this.#known(call), this.#repeat(what));
  }

  /** Makes the call and, where the server does not know the session, registers and makes it again. */
  async #known<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (thrown) {
      if (QTasksError.from(thrown).reason !== "SESSION_NOT_FOUND") throw thrown;
      this.#init.logger.info("the server does not know this session: registering again");
      await this.register();
      return call();
    }
  }

  #repeat(what: string): RepeatOptions {
    const { logger, signal } = this.#init;
    return {
      signal,
      onFailure: (err, failures) => {
        const level = failures === 1 ? "warn" : "debug";
        logger[level]({ err, failures }, `could not ${what}; trying again`);
      },
    };
  }

  #callOptions() {
    return { signal: this.#init.signal, timeoutMs: CALL_TIMEOUT_MS };
  }
}
