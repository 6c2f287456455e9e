/** Tells a worker's hooks when attempts begin and end. */
import type { Attempt, Ending } from "./attempt.ts";
import type { AttemptStarted, WorkerHooks } from "./hooks.ts";

export class AttemptTeller {
  readonly #hooks: WorkerHooks;
  readonly #startedAt = new WeakMap<Attempt, number>();

  private constructor(hooks: WorkerHooks) {
    this.#hooks = hooks;
  }

  /** Undefined where no hook wants to know. */
  static of(hooks: WorkerHooks): AttemptTeller | undefined {
    const isAsked = hooks.attemptStarted !== undefined || hooks.attemptEnded !== undefined;
    return isAsked ? new AttemptTeller(hooks) : undefined;
  }

  started(attempt: Attempt): void {
    this.#startedAt.set(attempt, performance.now());
    this.#hooks.attemptStarted?.(factsOf(attempt));
  }

  /** Without an ending its lease was lost. */
  ended(attempt: Attempt, ending: Ending | undefined): void {
    const durationMs = performance.now() - (this.#startedAt.get(attempt) ?? performance.now());
    const result = ending?.case ?? "lost";
    this.#hooks.attemptEnded?.({ ...factsOf(attempt), result, durationMs });
  }
}

function factsOf({ leased, spec }: Attempt): AttemptStarted {
  return {
    taskId: leased.taskId,
    task: spec.name,
    queue: spec.options?.queue ?? "",
    attempt: leased.attempt,
  };
}
