/** The tasks of an app: from their definition to what its worker and server are told of them. */
import type { PluginSet } from "../plugins/plugin-set.ts";
import type { TaskCaller } from "../routers/binding.ts";
import type { TaskEntry } from "../routers/router.ts";
import type { Registration } from "../worker/registration.ts";

interface AppTask {
  readonly entry: TaskEntry;
  readonly registration: Registration;
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

  /** What throws refuses the task. */
  add(entry: TaskEntry): void {
    const { name, task, defaults } = entry;
    if (!task.isHandled) return task.bind(this.#caller, name);
    const added: AppTask = { entry, registration: task.registration(name, defaults) };
    if (this.#registrations === undefined) {
      task.bind(this.#caller, name);
      this.#early.push(added);
      return;
    }
    this.#plugins.add({ name, uses: entry.uses() });
    const registration = this.#complete(added);
    task.bind(this.#caller, name);
    this.#registrations.push(registration);
    this.#onTask(registration);
  }

  /** Installs the plugins that the app and its tasks use; the first call counts. */
  install(): void {
    if (this.#registrations !== undefined) return;
    this.#plugins.install(
      this.#early.map(({ entry }) => ({ name: entry.name, uses: entry.uses() })),
    );
    this.#registrations = this.#early.map((task) => this.#complete(task));
  }

  #complete({ entry, registration }: AppTask): Registration {
    const { name } = entry;
    const middlewares = this.#plugins.middlewaresOf({ name, uses: entry.uses() });
    const complete = { ...registration, middlewares };
    const hook = this.#plugins.hook("app.task");
    return hook === undefined
      ? complete
      : hook({ task: name, registration: complete }).registration;
  }
}
