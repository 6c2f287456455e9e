/** The tasks of a worker: from their definition to what its runner is told of them. */
import { QTasksError } from "../../../src/core/errors.ts";
import type { TaskCaller } from "../../../src/routers/binding.ts";
import type { TaskEntry } from "../../../src/routers/task-tree.ts";
import type { Middleware } from "../../../src/worker/middleware.ts";
import type { Registration } from "../../../src/worker/registration.ts";
import { isMiddleware, type Use } from "../../../src/worker/use.ts";

/** Middlewares can be added until the tasks are first asked for; then what wraps each is known for good. */
export class WorkerTasks {
  readonly #middlewares: Middleware[] = [];
  readonly #early: TaskEntry[] = [];
  #registrations: Registration[] | undefined;

  /** Wraps the handlers of all tasks. CONFIG_INVALID once the worker has started. */
  use(middleware: Middleware): void {
    if (this.#registrations !== undefined)
      throw new QTasksError("CONFIG_INVALID", "the worker has started: use middlewares before");
    this.#middlewares.push(middleware);
  }

  /** The registration of a task that is new to a worker that has started; undefined for others. */
  add(entry: TaskEntry, caller: TaskCaller): Registration | undefined {
    const { name, task, defaults } = entry;
    // Refused here, if it is, and not when the worker starts.
    if (task.isHandled) task.registration(name, defaults);
    task.bind(caller, name);
    if (!task.isHandled) return undefined;
    if (this.#registrations === undefined) {
      this.#early.push(entry);
      return undefined;
    }
    const registration = this.#complete(entry);
    this.#registrations.push(registration);
    return registration;
  }

  /** All of them, as far as the server is told of them: middlewares can still be added. */
  get definable(): readonly Registration[] {
    if (this.#registrations !== undefined) return this.#registrations;
    return this.#early.map(({ name, task, defaults }) => task.registration(name, defaults));
  }

  /** All of them, ready to be run. */
  get registrations(): readonly Registration[] {
    return (this.#registrations ??= this.#early.map((entry) => this.#complete(entry)));
  }

  #complete({ name, task, defaults, uses }: TaskEntry): Registration {
    const own = uses().map((use) => middlewareOf(use, name));
    return { ...task.registration(name, defaults), middlewares: [...this.#middlewares, ...own] };
  }
}

function middlewareOf(use: Use, task: string): Middleware {
  if (isMiddleware(use)) return use;
  throw new QTasksError(
    "CONFIG_INVALID",
    `the task ${task} uses the plugin ${use.name}: plugins need an app of the package qtasks`,
  );
}
