/** The worker, as a component of an app. It comes into being with the app's first task. */
import type { Logger } from "pino";
import type { Config } from "../config/options.ts";
import type { TimerClock } from "../core/clock.ts";
import type { Component } from "../starter/starter.ts";
import type { Executor } from "../worker/executor.ts";
import type { WorkerHooks } from "../worker/hooks.ts";
import type { QueueStrategy } from "../worker/queue-strategy.ts";
import { warnOfUnknown } from "../worker/queue-warnings.ts";
import { queuesOf } from "../worker/register-request.ts";
import type { Registration } from "../worker/registration.ts";
import { Worker } from "../worker/worker.ts";
import type { Connection } from "./connection.ts";
import { packageVersion } from "./version.ts";

export interface WorkerPartOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly queueStrategy?: QueueStrategy | undefined;
  /** Open by the time of the start. */
  readonly connection: () => Connection;
  /** The app's tasks at this moment. */
  readonly registrations: () => readonly Registration[];
  /** Those of the app's plugins, which are installed by the time of the start. */
  readonly hooks: () => WorkerHooks;
  readonly executor: Executor | undefined;
  readonly clock: TimerClock | undefined;
}

export class WorkerPart implements Component {
  readonly name = "worker";
  readonly #options: WorkerPartOptions;
  readonly #done = Promise.withResolvers<void>();
  #worker: Worker | undefined;
  #starting: Promise<void> | undefined;
  /** Late tasks that no worker could be started with; the next one that runs is given them too. */
  readonly #untaken = new Set<Registration>();
  #isOn = false;

  constructor(options: WorkerPartOptions) {
    this.#options = options;
  }

  get worker(): Worker | undefined {
    return this.#worker;
  }

  /** Resolves when the worker has ended, also because an operator drained it. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  async start(): Promise<void> {
    this.#isOn = true;
    const registrations = this.#options.registrations();
    if (registrations.length === 0)
      return this.#options.logger.info("the worker waits for the app's first task");
    try {
      await this.#startWorker([...registrations]);
      this.#warnOfUnknownQueues(registrations);
    } catch (error) {
      this.#isOn = false;
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#isOn = false;
    await this.#worker?.stop();
    this.#worker = undefined;
    this.#untaken.clear();
    this.#done.resolve();
  }

  /** A task was added to the app. What the server refuses is logged, and the tasks beside it are served. */
  add(registration: Registration): void {
    if (this.#isOn) void this.#add(registration);
  }

  async #add(registration: Registration): Promise<void> {
    // A worker that can not start takes with it what it was given.
    while (this.#starting !== undefined) await this.#starting.catch(() => undefined);
    if (!this.#isOn) return;
    if (this.#worker !== undefined) return this.#addTo(this.#worker, registration);
    try {
      await this.#startWorker([registration]);
    } catch (err) {
      this.#untaken.add(registration);
      return this.#tellFailed(err, registration);
    }
    const untaken = [...this.#untaken];
    this.#untaken.clear();
    await Promise.all(untaken.map((earlier) => this.#add(earlier)));
  }

  async #addTo(worker: Worker, registration: Registration): Promise<void> {
    try {
      await worker.add(registration);
    } catch (err) {
      this.#tellFailed(err, registration);
    }
  }

  #tellFailed(err: unknown, { definition, place }: Registration): void {
    if (!this.#isOn) return;
    const about = { err, task: definition.name, place };
    this.#options.logger.error(about, "a task could not be added to the worker");
  }

  /** Not where tasks come late: the queues that are named may be those of the next ones. */
  #warnOfUnknownQueues(registrations: readonly Registration[]): void {
    const { config, logger, queueStrategy } = this.#options;
    if (queueStrategy === undefined) return;
    const definitions = registrations.map(({ definition }) => definition);
    warnOfUnknown(queueStrategy, queuesOf(config.queues, definitions), logger);
  }

  #startWorker(handlers: readonly Registration[]): Promise<void> {
    this.#starting = this.#startWith(handlers).finally(() => (this.#starting = undefined));
    return this.#starting;
  }

  async #startWith(handlers: readonly Registration[]): Promise<void> {
    const { config, logger, hooks, executor, clock, queueStrategy } = this.#options;
    const { workers, tasks, system } = this.#options.connection();
    const { slots, queues, graceMs, workerId, buildId } = config;
    const worker = (this.#worker = new Worker({
      calls: workers,
      tasks,
      system,
      handlers,
      slots,
      queues,
      queueStrategy,
      graceMs,
      workerId,
      buildId,
      sdkVersion: packageVersion(),
      hooks: hooks(),
      executor,
      clock,
      logger,
    }));
    try {
      await worker.start();
    } catch (error) {
      // The next task is to find none, and start another.
      if (this.#worker === worker) this.#worker = undefined;
      throw error;
    }
    void worker.done.then(() => this.#done.resolve());
  }
}
