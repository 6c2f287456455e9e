/** The apps that a task is part of: it is enqueued through the only one. */
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
  readonly #all: Binding[] = [];

  get first(): Binding | undefined {
    return this.#all[0];
  }

  /** The task's name in its apps, else the one given. CONFIG_INVALID where the apps call it differently. */
  nameOr(name: string): string {
    const known = this.first?.name ?? name;
    if (this.#all.every((binding) => binding.name === known)) return known;
    throw notCallable(`the task ${name} has several names, one in each app: enqueue it by name`);
  }

  add(binding: Binding): void {
    this.#all.push(binding);
  }

  /** CONFIG_INVALID where the task, called so in the message, is part of no app or of several. */
  only(name: string): Binding {
    const [binding, another] = this.#all;
    if (binding === undefined)
      throw notCallable(`the task ${name} is part of no app: include its router`);
    if (another !== undefined)
      throw notCallable(`the task ${name} is part of several apps: enqueue by app.client()`);
    return binding;
  }
}

function notCallable(message: string): QTasksError {
  return new QTasksError("CONFIG_INVALID", message);
}
