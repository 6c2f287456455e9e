/**
 * Executes tasks. The same class serves in the server's process and over a network: it knows nothing
 * of the server but its calls.
 */
import type { Logger } from "pino";
import { Lifecycle } from "../starter/lifecycle.ts";
import { Executors } from "./executors.ts";
import type { WorkerEvent } from "./hooks.ts";
import { resolveWorkerOptions, type ResolvedWorkerOptions, type WorkerOptions } from "./options.ts";
import { warnOfLeftOut } from "./queue-warnings.ts";
import { Registry, type Registration } from "./registration.ts";
import { WorkerRun } from "./worker-run.ts";

/**
 * `idle`: not started. `starting`: registering, however long the server is away. `running`: takes tasks.
 * `draining`: takes none, finishes what it holds. `stopped`: has ended, and may be started again.
 */
export type WorkerState = "idle" | "starting" | "running" | "draining" | "stopped";

/** A worker at a glance. */
export interface WorkerStatus {
  readonly state: WorkerState;
  readonly sessionId: string | undefined;
  readonly slots: number;
  readonly held: number;
  /** Handlers that go on although their attempt is over. */
  readonly abandoned: number;
}

export class Worker {
  readonly name = "worker";
  readonly #options: ResolvedWorkerOptions;
  readonly #logger: Logger;
  readonly #registry = new Registry();
  readonly #executors: Executors;
  readonly #life = new Lifecycle();
  #state: WorkerState = "idle";
  #run: WorkerRun | undefined;
  #done = Promise.withResolvers<void>();

  /** CONFIG_INVALID for options out of range, DEFINITION_CONFLICT for two handlers of one name. */
  constructor(options: WorkerOptions) {
    this.#options = resolveWorkerOptions(options);
    this.#logger = this.#options.logger.child({ workerId: this.#options.workerId });
    this.#executors = new Executors(this.#options.executor, { logger: this.#logger });
    for (const registration of options.handlers ?? []) this.register(registration);
  }

  get status(): WorkerStatus {
    const runner = this.#run?.runner;
    return {
      state: this.#state,
      sessionId: this.#run?.session.id,
      slots: this.#options.slots,
      held: runner?.held.length ?? 0,
      abandoned: runner?.abandonedCount ?? 0,
    };
  }

  /** Resolves when the worker has stopped, by {@link stop} or because an operator drained it. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  /** Adds a handler to a worker that has not started. CONFIG_INVALID where its executor refuses it, else as {@link add}. */
  register(registration: Registration): void {
    this.#check(registration);
    this.#registry.add(registration);
  }

  /**
   * Adds a handler; a worker that runs tells the server, and does not keep a handler that it refuses.
   * DEFINITION_CONFLICT where the name is taken.
   */
  async add(registration: Registration): Promise<void> {
    // No task may come before its executor has started.
    if (this.#takesTasks) await this.#executors.start([registration]);
    if (this.#state !== "running") return this.register(registration);
    this.#check(registration);
    await this.#run?.late.add(registration);
    warnOfLeftOut([registration], this.#options.queues, this.#logger);
  }

  /**
   * Registers and begins to take tasks. Waits while the server is away; rejects when it refuses the worker
   * or `stop` comes first. Idempotent; after a stop it starts anew.
   */
  start(): Promise<void> {
    return this.#life.start(() => this.#start());
  }

  /** Takes no tasks until {@link resume}; what runs goes on. Settles when the server knows. For a worker that runs. */
  async pause(): Promise<void> {
    await this.#run?.intake.setOpen(false);
  }

  /** Takes tasks again. Settles when the server knows. */
  async resume(): Promise<void> {
    await this.#run?.intake.setOpen(true);
  }

  /**
   * Takes nothing more, finishes within `graceMs`, gives back the rest uncounted. Never rejects. Idempotent,
   * also before start.
   */
  stop(): Promise<void> {
    return this.#life.stop((starting) => this.#stop(starting));
  }

  async #start(): Promise<void> {
    if (this.#state === "running") return;
    if (this.#state === "stopped") this.#done = Promise.withResolvers();
    const run = new WorkerRun({
      options: this.#options,
      registry: this.#registry,
      logger: this.#logger,
      onDrain: (reason) => this.#drain(reason),
    });
    this.#run = run;
    this.#state = "starting";
    try {
      await this.#options.hooks.starting?.(this.#event);
      await this.#executors.start(this.#registry.all);
      // No turn comes between the last look and the change of state: from then on, who adds a task tells the server.
      while (!run.session.isTold) await run.session.tell();
      run.takeTasks();
      this.#state = "running";
      warnOfLeftOut(this.#registry.all, this.#options.queues, this.#logger);
    } catch (error) {
      run.close();
      await this.#stopParts();
      this.#end();
      throw error;
    }
  }

  async #stop(starting: Promise<void>): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    if (this.#state === "starting") {
      // By it the start fails, and ends what it has begun; but for one that the server had answered already.
      run.close();
      await starting;
    }
    if (this.#run !== run) return;
    this.#state = "draining";
    await run.stop(this.#options.graceMs);
    await this.#stopParts();
    this.#end();
  }

  async #stopParts(): Promise<void> {
    await this.#executors.stop();
    await this.#options.hooks.stopped?.(this.#event);
  }

  #check(registration: Registration): void {
    const { executor = this.#options.executor } = registration;
    executor.check?.(registration);
  }

  get #takesTasks(): boolean {
    return this.#state === "starting" || this.#state === "running";
  }

  get #event(): WorkerEvent {
    return { workerId: this.#options.workerId };
  }

  #drain(reason: string): void {
    if (this.#state !== "running") return;
    this.#logger.info({ reason }, "asked to drain");
    void this.stop();
  }

  #end(): void {
    this.#state = "stopped";
    this.#run = undefined;
    this.#done.resolve();
  }
}
