/** Tells of the calls of a broker or a storage, and leaves them as they are. */
import { QTasksError } from "../core/errors.ts";
import type { ComponentHooks } from "./component-hooks.ts";

type Fn = (...args: unknown[]) => unknown;
type Tell = NonNullable<ComponentHooks["call"]>;

/** The component, with each call that gives a promise told of at its end. */
export function observed<Component extends object>(
  component: Component,
  tell: Tell,
  prefix = "",
): Component {
  const wrapped = new Map<PropertyKey, unknown>();
  return new Proxy(component, {
    get(target, key) {
      if (wrapped.has(key)) return wrapped.get(key);
      const value: unknown = Reflect.get(target, key, target);
      if (key === "documents") {
        const inner = observed(value as object, tell, "documents.");
        wrapped.set(key, inner);
        return inner;
      }
      if (typeof value !== "function") return value;
      const fn = told(value.bind(target) as Fn, prefix + String(key), tell);
      wrapped.set(key, fn);
      return fn;
    },
  });
}

function told(fn: Fn, method: string, tell: Tell): Fn {
  return (...args) => {
    const startedAt = performance.now();
    const returned = fn(...args);
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
