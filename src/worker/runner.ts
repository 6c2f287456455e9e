/** The attempts that this worker holds, and what becomes of each. */
import type { Logger } from "pino";
import {
  LeaseVerdict,
  type LeasedTask,
  type LeaseStatus,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { Attempt, leaseKey, release, type Ending } from "./attempt.ts";
import { childEnqueuer } from "./children.ts";
import { createContext } from "./create-context.ts";
import { execute } from "./execute.ts";
import type { ResolvedWorkerOptions } from "./options.ts";
import type { Recorder } from "./recorder.ts";
import type { Registry } from "./registration.ts";
import type { Reporter } from "./reporter.ts";

/** A task whose handler this worker lacks goes back for this long, in ms, for others to take. */
const UNKNOWN_DELAY_MS = 1_000;

export interface RunnerParts {
  readonly options: ResolvedWorkerOptions;
  readonly registry: Registry;
  readonly recorder: Recorder;
  readonly reporter: Reporter;
  readonly logger: Logger;
  /** A slot became free. */
  readonly onFree: () => void;
}

export class Runner {
  readonly #parts: RunnerParts;
  readonly #held = new Map<string, Attempt>();
  #abandoned = 0;
  #draining = false;
  #empty: PromiseWithResolvers<void> | undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** Attempts whose leases must be renewed: those that run and those whose outcome is not recorded yet. */
  get held(): readonly Attempt[] {
    return [...this.#held.values()];
  }

  get freeSlots(): number {
    return Math.max(0, this.#parts.options.slots - this.#held.size);
  }

  /** Handlers that go on although their attempt is over, as they don't heed their signal. They take no slot. */
  get abandonedCount(): number {
    return this.#abandoned;
  }

  /** Starts the attempt; while draining, gives it back. */
  take(leased: LeasedTask): void {
    const attempt = new Attempt(leased);
    // An answer that was sent twice must not run a task twice.
    if (this.#held.has(attempt.key)) return attempt.finish();
    this.#held.set(attempt.key, attempt);
    void this.#run(attempt);
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

  /** Tells all handlers to stop. */
  stopAll(): void {
    for (const attempt of this.#held.values()) attempt.stop();
  }

  /** Gives back all that is still held. */
  giveUpAll(): void {
    for (const attempt of this.#held.values()) attempt.giveUp();
  }

  /** Resolves when nothing is held. */
  async whenEmpty(): Promise<void> {
    if (this.#held.size === 0) return;
    this.#empty ??= Promise.withResolvers();
    await this.#empty.promise;
  }

  async #run(attempt: Attempt): Promise<void> {
    try {
      let settled = false;
      const handled = this.#handle(attempt).finally(() => (settled = true));
      const ending = await Promise.race([attempt.forced, handled]);
      attempt.finish();
      if (ending === undefined) this.#logLost(attempt);
      else await this.#parts.reporter.report(attempt, ending);
      if (!settled) this.#abandon(attempt, handled);
    } catch (err) {
      this.#parts.logger.warn({ ...about(attempt), err }, "an outcome could not be reported");
    } finally {
      this.#free(attempt);
    }
  }

  #handle(attempt: Attempt): Promise<Ending> {
    const { options, registry, recorder, logger } = this.#parts;
    if (this.#draining) return Promise.resolve(release("the worker is stopping"));
    const registration = registry.get(attempt.spec.name);
    if (registration === undefined) {
      logger.warn(about(attempt), "no handler for the task: it goes back");
      return Promise.resolve(release("no handler for the task", UNKNOWN_DELAY_MS));
    }
    const enqueue = childEnqueuer(attempt, options.tasks);
    const context = createContext(attempt, { recorder, logger, enqueue });
    return execute(attempt, registration, options.executor, context);
  }

  /** Its handler has not settled: the slot is freed all the same, or one bad handler after the other would take all. */
  #abandon(attempt: Attempt, handled: Promise<Ending>): void {
    this.#abandoned++;
    void handled.then(() => this.#abandoned--);
    this.#parts.logger.warn(
      { ...about(attempt), abandoned: this.#abandoned },
      "a handler goes on although its attempt is over: it should heed context.signal",
    );
  }

  #free(attempt: Attempt): void {
    this.#held.delete(attempt.key);
    this.#parts.onFree();
    if (this.#held.size > 0) return;
    this.#empty?.resolve();
    this.#empty = undefined;
  }

  #logLost(attempt: Attempt): void {
    this.#parts.logger.warn(about(attempt), "the lease of an attempt was lost");
  }
}

function about(attempt: Attempt) {
  const { leased, spec } = attempt;
  return { taskId: leased.taskId, task: spec.name, attempt: leased.attempt };
}
