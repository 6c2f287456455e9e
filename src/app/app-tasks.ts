/** The tasks of an app: from their definition to what its worker and server are told of them. */
import { QTasksError } from "../core/errors.ts";
import type { PluginSet } from "../plugins/plugin-set.ts";
import type { TaskCaller } from "../routers/binding.ts";
import type { TaskEntry } from "../routers/task-tree.ts";
import type { Registration } from "../worker/registration.ts";
import type { Use } from "../worker/use.ts";

interface AppTask {
  readonly entry: TaskEntry;
  /** Unset where it is run elsewhere. */
  readonly registration: Registration | undefined;
}

/** Told of each task that comes once all plugins are installed. */
export type OnTask = (registration: Registration) => void;

export class AppTasks {
  readonly #caller: TaskCaller;
  readonly #plugins: PluginSet;
  readonly #onTask: OnTask;
  readonly #early: AppTask[] = [];
  #registrations: Registration[] | undefined;

  constructor(caller: TaskCaller, plugins: PluginSet, onTask: OnTask) {
    this.#caller = caller;
    this.#plugins = plugins;
    this.#onTask = onTask;
  }

  /** Those with a handler here. Once the plugins are installed. */
  get registrations(): readonly Registration[] {
    return this.#registrations ?? [];
  }

  /** Throws where one of the tasks can't be run as it is defined, before any of them is part of the app. */
  check(entries: readonly TaskEntry[]): void {
    for (const { name, task, defaults, uses } of entries) {
      if (task.isHandled) task.registration(name, defaults);
      if (this.#registrations !== undefined) this.#plugins.check({ name, uses: uses() });
    }
  }

  /** What throws refuses the task. */
  add(entry: TaskEntry): void {
    const { name, task, defaults } = entry;
    const registration = task.isHandled ? task.registration(name, defaults) : undefined;
    const added: AppTask = { entry, registration };
    if (this.#registrations === undefined) this.#early.push(added);
    else this.#addLate(added, this.#registrations);
    task.bind(this.#caller, name);
  }

  /**
   * Installs the plugins that the app, its routers and its tasks use; the first call that does not throw counts.
   * `routers`: what they use.
   */
  install(routers: () => readonly Use[]): void {
    if (this.#registrations !== undefined) return;
    const uses = this.#early.map(({ entry }) => ({ name: entry.name, uses: entry.uses() }));
    this.#plugins.install(routers(), uses);
    try {
      this.#registrations = this.#early.flatMap((task) => this.#complete(task) ?? []);
    } catch (error) {
      this.#plugins.uninstall();
      throw error;
    }
  }

  #addLate(task: AppTask, registrations: Registration[]): void {
    const { name, uses } = task.entry;
    this.#plugins.add({ name, uses: uses() });
    const registration = this.#complete(task);
    if (registration === undefined) return;
    registrations.push(registration);
    this.#onTask(registration);
  }

  #complete({ entry, registration }: AppTask): Registration | undefined {
    if (registration === undefined) return undefined;
    const { name } = entry;
    const middlewares = this.#plugins.middlewaresOf({ name, uses: entry.uses() });
    const complete = { ...registration, middlewares };
    const hook = this.#plugins.hook("app.task");
    if (hook === undefined) return complete;
    const { registration: given } = hook({ task: name, registration: complete });
    // Without one the task would never be run, and nobody be told why.
    if (given !== undefined) return given;
    const why = "a hook at app.task gave an event without a registration";
    throw new QTasksError("CONFIG_INVALID", why);
  }
}
