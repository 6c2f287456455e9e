/** The worker, as a component of an app. It comes into being with the app's first task. */
import type { Logger } from "pino";
import type { Config } from "../config/options.ts";
import type { TimerClock } from "../core/clock.ts";
import type { Component } from "../starter/starter.ts";
import type { Executor } from "../worker/executor.ts";
import type { WorkerHooks } from "../worker/hooks.ts";
import type { QueueStrategy } from "../worker/queue-strategy.ts";
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
    if (this.#options.registrations().length > 0) await this.#startWorker();
    else this.#options.logger.info("the worker waits for the app's first task");
  }

  async stop(): Promise<void> {
    this.#isOn = false;
    await this.#worker?.stop();
    this.#worker = undefined;
    this.#done.resolve();
  }

  /** A task was added to the app. */
  add(registration: Registration): void {
    if (!this.#isOn) return;
    const { logger, registrations } = this.#options;
    const known = registrations().length;
    const adding =
      this.#worker === undefined ? this.#startWorker() : this.#worker.add(registration);
    adding.catch((err: unknown) => {
      const task = registration.definition.name;
      if (!this.#isOn) return;
      logger.error({ err, task }, "a task could not be added to the worker");
      // Tasks that came while the worker started went to one that is gone.
      if (this.#worker === undefined && registrations().length > known)
        this.add(registrations().at(-1)!);
    });
  }

  async #startWorker(): Promise<void> {
    const { config, logger, registrations, hooks, executor, clock, queueStrategy } = this.#options;
    const { workers, tasks, system } = this.#options.connection();
    const { slots, queues, graceMs, workerId, buildId } = config;
    const worker = (this.#worker = new Worker({
      calls: workers,
      tasks,
      system,
      handlers: registrations(),
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
