/**
 * Tasks of libraries, which know no app: they belong to whichever app the program makes its default one. What is kept
 * here is the only state that this package has in a module.
 */
import type { QueueTasks } from "../app.ts";
import { QTasksError } from "../core/errors.ts";
import { Bindings, type Binding, type TaskCaller } from "../routers/binding.ts";
import { resolveInit } from "../routers/known-options.ts";
import { callPlace } from "../routers/place.ts";
import { Router } from "../routers/router.ts";
import type { TaskInit } from "../routers/task-init.ts";
import { Task } from "../routers/task.ts";
import type { Handler } from "../worker/handler.ts";

const shared = new Router();
let defaultApp: QueueTasks | undefined;

/**
 * Makes the app the one that shared tasks are enqueued by and part of, those of now and those to come. Another app
 * takes its place, which keeps the tasks that it has and gets no more; undefined: none. DEFINITION_CONFLICT where a
 * shared task has the name of one of the app's own: the default app of before stays.
 */
export function setDefaultApp(app: QueueTasks | undefined): void {
  if (app === defaultApp) return;
  app?.includeRouter(shared);
  defaultApp?.router.detachRouter(shared);
  defaultApp = app;
}

/**
 * As `app.task`, for a task that is part of the default app. CONFIG_INVALID where it is called while there is none.
 */
export const sharedTask = define as Router["task"];

function define(init: string | TaskInit, handler: Handler): Task<never> {
  const resolved = resolveInit(init);
  return shared.addTask(
    new Task<never>(resolved, handler, callPlace(), new SharedBindings(resolved.name)),
  );
}

/** Only the default app counts: kept for each task, former ones would never be freed. */
class SharedBindings extends Bindings {
  override add(): void {}

  override of(caller: TaskCaller): Bindings {
    const chosen = new Bindings(this.name);
    chosen.add({ caller, name: this.name });
    return chosen;
  }

  override single(): Binding {
    const { name } = this;
    if (defaultApp !== undefined) return { caller: defaultApp, name };
    throw new QTasksError(
      "CONFIG_INVALID",
      `the shared task ${name} is part of no app: call setDefaultApp(app) before`,
    );
  }
}
