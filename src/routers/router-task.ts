/** What routers and apps know of a task, whatever kind it is. */
import type { Registration } from "../worker/registration.ts";
import type { TaskCaller } from "./binding.ts";
import type { TaskDefaults } from "./task-defaults.ts";

export interface RouterTask {
  /** Where it was defined, `file:line`. */
  readonly place: string;
  /** Routers' prefixes don't apply. */
  readonly hasFixedName: boolean;
  /** False where it is only called from here: another program, or another part of this one, runs it. */
  readonly isHandled: boolean;
  /** An input to try the task with. */
  readonly example?: unknown;
  /** Makes the task part of an app, under its full name. */
  bind(caller: TaskCaller, name: string): void;
  /** What a worker needs. `defaults` are those of its routers. */
  registration(name: string, defaults: TaskDefaults): Registration;
}
