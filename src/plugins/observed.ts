/** Tells of the calls of a broker or a storage, and leaves them as they are. */
import { QTasksError } from "../core/errors.ts";
import { wrapMethods, type Method } from "../storage/wrap-methods.ts";
import type { ComponentHooks } from "./component-hooks.ts";

type Tell = NonNullable<ComponentHooks["call"]>;

/** The component, with each call that gives a promise told of at its end. */
export function observed<Component extends object>(component: Component, tell: Tell): Component {
  return wrapMethods(component, (method, name) => told(method, name, tell));
}

function told(call: Method, method: string, tell: Tell): Method {
  return (...args) => {
    const startedAt = performance.now();
    const returned = call(...args);
    if (!(returned instanceof Promise)) return returned;
    const end = (reason?: QTasksError["reason"]): void =>
      tell({ method, reason, durationMs: performance.now() - startedAt });
    returned.then(
      () => end(),
      (thrown: unknown) => end(QTasksError.from(thrown).reason),
    );
    return returned;
  };
}
