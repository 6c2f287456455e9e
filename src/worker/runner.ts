/** The attempts that this worker holds, and what becomes of each. */
import type { Logger } from "pino";
import {
  LeaseVerdict,
  type LeasedTask,
  type LeaseStatus,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { Attempt, factsOf, leaseKey, release, type Ending, type OnEnd } from "./attempt.ts";
import { AttemptContext, type ContextParts } from "./attempt-context.ts";
import { execute } from "./execute.ts";
import { AttemptTeller } from "./attempt-teller.ts";
import type { ResolvedWorkerOptions } from "./options.ts";
import type { Recorder } from "./recorder.ts";
import type { Registry } from "./registration.ts";
import type { Reporter } from "./reporter.ts";

/** How long a handler has to heed its signal before the log says that it does not, in ms. */
const HEED_MS = 1_000;

/** A task that this worker does not run goes back for this long, in ms, for others to take. */
const ELSEWHERE_MS = 1_000;

export interface RunnerParts {
  readonly options: ResolvedWorkerOptions;
  readonly registry: Registry;
  readonly recorder: Recorder;
  readonly reporter: Reporter;
  readonly logger: Logger;
  /** Slots became free. */
  readonly onFree: () => void;
}

export class Runner {
  readonly #parts: RunnerParts;
  readonly #contextParts: ContextParts;
  readonly #onEnd: OnEnd = (attempt, ending) => this.#report(attempt, ending);
  readonly #held = new Map<string, Attempt>();
  readonly #abandoned = new Set<Attempt>();
  readonly #teller: AttemptTeller | undefined;
  #draining = false;
  #paused = false;
  #empty: PromiseWithResolvers<void> | undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    const { recorder, logger, options } = parts;
    this.#contextParts = { recorder, logger, tasks: options.tasks, hook: options.hooks.enqueue };
    this.#teller = AttemptTeller.of(options.hooks);
  }

  /** Attempts whose leases must be renewed: those that run and those whose outcome is not recorded yet. */
  get held(): readonly Attempt[] {
    return [...this.#held.values()];
  }

  /** Attempts that it runs at once. */
  get slots(): number {
    return this.#parts.options.slots;
  }

  get freeSlots(): number {
    return Math.max(0, this.slots - this.#held.size);
  }

  /** Handlers that go on although their attempt is over, as they don't heed their signal. They take no slot. */
  get abandonedCount(): number {
    return this.#abandoned.size;
  }

  /** Starts the attempt; while draining or paused, gives it back. */
  take(leased: LeasedTask): void {
    const attempt = new Attempt(leased, this.#onEnd, this.#parts.options.clock);
    // An answer that was sent twice must not run a task twice.
    if (this.#held.has(attempt.key)) return attempt.finish();
    this.#held.set(attempt.key, attempt);
    this.#teller?.started(attempt);
    // It is held by now: what ends at once is reported no sooner.
    const ending = this.#handle(attempt);
    if (ending instanceof Promise) void ending.then((decided) => this.#settle(attempt, decided));
    else this.#settle(attempt, ending);
  }

  /** Tells attempts what the server said of their leases. */
  apply(statuses: readonly LeaseStatus[]): void {
    for (const status of statuses) {
      const attempt = this.#held.get(leaseKey(status.leaseToken));
      if (status.verdict === LeaseVerdict.LOST) attempt?.lose();
      if (status.verdict === LeaseVerdict.CANCEL_REQUESTED) attempt?.cancel(status.cancelReason);
    }
  }

  /** What comes from now on is given back. */
  drain(): void {
    this.#draining = true;
  }

  /** What comes while it is paused is given back; what runs goes on. */
  set paused(paused: boolean) {
    this.#paused = paused;
  }

  /** Tells all handlers to stop. */
  stopAll(): void {
    for (const attempt of this.#held.values()) attempt.stop();
  }

  /** Gives back all that is still held. */
  giveUpAll(): void {
    for (const attempt of this.#held.values()) attempt.giveUp();
  }

  /** Frees the slots of attempts whose outcomes are recorded, or never will be. */
  free(attempts: readonly Attempt[]): void {
    for (const attempt of attempts) {
      if (!attempt.settled) this.#abandon(attempt);
      this.#held.delete(attempt.key);
    }
    this.#parts.onFree();
    if (this.#held.size > 0) return;
    this.#empty?.resolve();
    this.#empty = undefined;
  }

  /** Resolves when nothing is held. */
  async whenEmpty(): Promise<void> {
    if (this.#held.size === 0) return;
    this.#empty ??= Promise.withResolvers();
    await this.#empty.promise;
  }

  #handle(attempt: Attempt): Ending | Promise<Ending> {
    const { options, registry, logger } = this.#parts;
    if (this.#draining) return release("the worker is stopping");
    if (this.#paused) return release("the worker takes no tasks now", ELSEWHERE_MS);
    const registration = registry.get(attempt.spec.name);
    if (registration === undefined) {
      logger.warn(factsOf(attempt), "no handler for the task: it goes back");
      return release("no handler for the task", ELSEWHERE_MS);
    }
    const context = new AttemptContext(attempt, this.#contextParts);
    return execute(attempt, registration, options.executor, context);
  }

  #settle(attempt: Attempt, ending: Ending): void {
    this.#abandoned.delete(attempt);
    attempt.settle(ending);
  }

  #report(attempt: Attempt, ending: Ending | undefined): void {
    this.#teller?.ended(attempt, ending);
    if (ending !== undefined) return this.#parts.reporter.report(attempt, ending);
    this.#logLost(attempt);
    this.free([attempt]);
  }

  /** Its handler has not settled: the slot is freed all the same, or one bad handler after the other would take all. */
  #abandon(attempt: Attempt): void {
    this.#abandoned.add(attempt);
    // When the worker stops, handlers were told so before their attempts were over.
    if (attempt.aborted?.why === "stopping") this.#warnOf(attempt);
    else setTimeout(() => this.#warnOf(attempt), HEED_MS).unref();
  }

  #warnOf(attempt: Attempt): void {
    if (attempt.settled) return;
    this.#parts.logger.warn(
      { ...factsOf(attempt), abandoned: this.#abandoned.size },
      "a handler goes on although its attempt is over: it should heed context.signal",
    );
  }

  #logLost(attempt: Attempt): void {
    this.#parts.logger.warn(factsOf(attempt), "the lease of an attempt was lost");
  }
}
