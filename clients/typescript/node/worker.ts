/** Runs tasks of a server elsewhere: functions, and the methods of protobuf services. */
import { pino, type Logger } from "pino";
import { runForever } from "../../../src/app/run-forever.ts";
import type { TaskClient } from "../../../src/client/client.ts";
import type { TaskCaller } from "../../../src/routers/binding.ts";
import { Router } from "../../../src/routers/router.ts";
import type { TaskEntry } from "../../../src/routers/task-tree.ts";
import { Lifecycle } from "../../../src/starter/lifecycle.ts";
import type { Middleware } from "../../../src/worker/middleware.ts";
import { namingTasks } from "../../../src/worker/name-tasks.ts";
import type { Registration } from "../../../src/worker/registration.ts";
import { schemaOf } from "../../../src/worker/schema.ts";
import type { WorkerStatus } from "../../../src/worker/worker.ts";
import { openLink, type WorkerLink } from "./worker-link.ts";
import { checkWorkerOptions, type WorkerOptions } from "./worker-options.ts";
import { WorkerTasks } from "./worker-tasks.ts";

/**
 * A worker over gRPC. It connects at its start and again whenever the connection is lost; what it holds goes on
 * meanwhile. Signals of the process are left alone, save by {@link runForever}.
 */
export class Worker implements TaskCaller {
  /** As {@link Router.task}: defines a task with its handler, also while the worker runs. */
  readonly task: Router["task"];
  /** As {@link Router.service}: defines the tasks of a protobuf service, with handlers for its methods. */
  readonly service: Router["service"];
  readonly logger: Logger;
  readonly #options: WorkerOptions & { readonly logger: Logger };
  readonly #router = new Router();
  readonly #tasks = new WorkerTasks();
  readonly #life = new Lifecycle();
  #link: WorkerLink;
  /** Tasks that the link's runner has. */
  readonly #handed = new Set<Registration>();
  #isClosed = false;

  /** FIELD_VIOLATION or CONFIG_INVALID for an option that is out of range, or that there is not. */
  constructor(options: WorkerOptions = {}) {
    checkWorkerOptions(options);
    this.logger = options.logger ?? pino({ name: "qtasks-worker" });
    this.#options = { ...options, logger: this.logger };
    this.task = this.#router.task.bind(this.#router);
    this.service = this.#router.service.bind(this.#router);
    this.#link = openLink(this.#options);
    this.#router.attach((entry) => this.#add(entry));
  }

  get status(): WorkerStatus {
    return this.#link.runner.status;
  }

  /** Resolves when the worker has stopped, by {@link stop} or because an operator drained it. */
  get done(): Promise<void> {
    return this.#link.runner.done;
  }

  /** Includes a router's tasks, those of now and those to come. */
  includeRouter(router: Router): void {
    this.#router.includeRouter(router);
  }

  /** Wraps the handlers of all tasks. Called before the start: CONFIG_INVALID afterwards. */
  use(middleware: Middleware): this {
    this.#tasks.use(middleware);
    return this;
  }

  /** A client on the worker's connection; {@link stop} closes it. */
  async client(): Promise<TaskClient> {
    return this.#open().client;
  }

  /** Makes the tasks known to the server, so that they can be enqueued before any worker is up. */
  async define(): Promise<void> {
    const { definable } = this.#tasks;
    const definitions = definable.map(({ definition }) => definition);
    const files = definable.flatMap(({ file }) => file ?? []);
    const { fileDescriptorSet } = schemaOf(files) ?? {};
    await namingTasks(definable, () =>
      this.#open().system.applyTaskDefinitions({ definitions, fileDescriptorSet }),
    );
  }

  /**
   * Registers and begins to take tasks. Waits while the server is away; rejects when it refuses the worker or `stop`
   * comes first. Idempotent; after a stop it starts anew.
   */
  start(): Promise<void> {
    return this.#life.start(async () => {
      const { runner } = this.#open();
      // All in one turn: a stop that comes next finds a runner that starts, and ends that.
      this.#handOver(runner);
      await runner.start();
    });
  }

  /**
   * Takes nothing more, finishes within `graceMs`, gives back the rest uncounted, and closes the connection. Never
   * rejects. Idempotent, also before start.
   */
  stop(): Promise<void> {
    return this.#life.stop(async () => {
      await this.#link.runner.stop();
      this.#link.client.close();
      this.#isClosed = true;
    });
  }

  /** Runs until SIGTERM or SIGINT, or until an operator drained the worker; a second signal ends the process at once. */
  async runForever(): Promise<void> {
    const runnable = {
      start: () => this.start(),
      stop: () => this.stop(),
      done: () => this.done,
    };
    await runForever(runnable, this.logger);
  }

  #open(): WorkerLink {
    if (this.#isClosed) {
      this.#link = openLink(this.#options);
      this.#handed.clear();
    }
    this.#isClosed = false;
    return this.#link;
  }

  /** What throws stays to be handed over: the next start says the same. */
  #handOver(runner: WorkerLink["runner"]): void {
    for (const task of this.#tasks.registrations) {
      if (this.#handed.has(task)) continue;
      runner.register(task);
      this.#handed.add(task);
    }
  }

  #add(entry: TaskEntry): void {
    const registration = this.#tasks.add(entry, this);
    const { runner } = this.#link;
    // What comes before the start is handed over by it.
    if (registration === undefined || runner.status.state === "idle") return;
    this.#handed.add(registration);
    runner.add(registration).catch((err: unknown) => {
      const about = { err, task: entry.name, place: entry.task.place };
      this.logger.error(about, "a task could not be added to the worker");
    });
  }
}
