/** Breaks components on purpose: wrappers around the real one, at whose calls a test may step in. */
import type { Broker } from "../../src/broker/broker.ts";
import { QTasksError } from "../../src/core/errors.ts";
import type { Storage } from "../../src/storage/storage.ts";

/** A call of a component, before it is made or after it was. */
export interface Step {
  readonly part: "storage" | "broker";
  /** As in the contract; those of documents as `documents.put`. */
  readonly method: string;
  readonly when: "before" | "after";
  readonly params: unknown;
}

/** Throws what the caller gets instead; after the call, instead of its answer. */
export type Fault = (step: Step) => void;

type Around = (method: string, params: unknown, call: () => Promise<unknown>) => Promise<unknown>;

// Not calls to a datastore, or not asynchronous.
const UNTOUCHED: ReadonlySet<string> = new Set(["start", "stop", "now", "subscribe"]);
const TAKES: ReadonlySet<string> = new Set(["take", "handOut"]);

/** The component, with a fault that is asked at each of its calls. */
export function faulty<Component extends Storage | Broker>(
  part: Step["part"],
  component: Component,
  fault: Fault,
): Component {
  return wrapped(component, "", async (method, params, call) => {
    fault({ part, method, params, when: "before" });
    const answer = await call();
    fault({ part, method, params, when: "after" });
    return answer;
  });
}

/** The component, of which every call is made twice. */
export function doubled<Component extends Storage | Broker>(component: Component): Component {
  return wrapped(component, "", async (method, _params, call) => {
    const first = await call();
    const second = await call();
    // Where the first found nothing, the second may have taken what has come since.
    return TAKES.has(method) ? second : first;
  });
}

function wrapped<Target extends object>(target: Target, prefix: string, around: Around): Target {
  return new Proxy(target, {
    get(_, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (key === "documents") return wrapped(value as object, "documents.", around);
      if (typeof value !== "function") return value;
      const method = value.bind(target) as (params: unknown) => Promise<unknown>;
      if (typeof key !== "string" || UNTOUCHED.has(key)) return method;
      return (params: unknown) => around(prefix + key, params, () => method(params));
    },
  });
}

/** What a call fails with when its datastore can't be reached. */
export function outOfReach({ part }: Step): QTasksError {
  const reason = part === "storage" ? "STORAGE_UNAVAILABLE" : "BROKER_UNAVAILABLE";
  return new QTasksError(reason, `the ${part} is out of reach, as the test asks for`);
}
