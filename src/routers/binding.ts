/** The apps that a task is part of: it is enqueued through the only one, or through the one that is chosen. */
import type { TaskClient } from "../client/client.ts";
import { QTasksError } from "../core/errors.ts";

/** Enqueues for the tasks of an app. */
export interface TaskCaller {
  client(): Promise<TaskClient>;
}

/** A task in an app, under its full name. */
export interface Binding {
  readonly caller: TaskCaller;
  readonly name: string;
}

export class Bindings {
  /** The task's name in its own router, which counts as long as it is part of no app. */
  readonly #own: string;
  readonly #all: Binding[] = [];

  constructor(own: string) {
    this.#own = own;
  }

  /** In the first of its apps. */
  get name(): string {
    return this.#all[0]?.name ?? this.#own;
  }

  /** Its name in all its apps. CONFIG_INVALID where they call it differently. */
  get onlyName(): string {
    const { name } = this;
    if (this.#all.every((binding) => binding.name === name)) return name;
    throw noChoice(`the task ${this.#own} has several names, one in each app: use task.of(app)`);
  }

  /** A task that comes to an app by two ways under one name is one. */
  add({ caller, name }: Binding): void {
    if (this.#all.some((each) => each.caller === caller && each.name === name)) return;
    this.#all.push({ caller, name });
  }

  /** CONFIG_INVALID where the task is part of no app or of several, or has several names in its app. */
  single(): Binding {
    const [binding, another] = this.#all;
    if (binding === undefined)
      throw noChoice(`the task ${this.#own} is part of no app: include its router`);
    if (another === undefined) return binding;
    throw noChoice(
      another.caller === binding.caller
        ? `the task ${binding.name} is ${another.name} too in its app: enqueue it by name, or the first by task.of(app)`
        : `the task ${binding.name} is part of several apps: use task.of(app)`,
    );
  }

  /** With that app alone. CONFIG_INVALID where the task is no part of it. */
  of(caller: TaskCaller): Bindings {
    const binding = this.#all.find((each) => each.caller === caller);
    if (binding === undefined)
      throw noChoice(`the task ${this.#own} is no part of that app: include its router`);
    const chosen = new Bindings(this.#own);
    chosen.add(binding);
    return chosen;
  }
}

function noChoice(message: string): QTasksError {
  return new QTasksError("CONFIG_INVALID", message);
}
