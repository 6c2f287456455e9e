/** Breaks components on purpose: a wrapper around the real one, at whose calls a test may step in. */
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

// Not calls to a datastore, or not asynchronous.
const UNTOUCHED: ReadonlySet<string> = new Set(["start", "stop", "now", "subscribe"]);

/** The component, with a fault that is asked at each of its calls. */
export function faulty<Component extends Storage | Broker>(
  part: Step["part"],
  component: Component,
  fault: Fault,
): Component {
  return watched(component, { part, prefix: "", fault });
}

function watched<Target extends object>(
  target: Target,
  context: { readonly part: Step["part"]; readonly prefix: string; readonly fault: Fault },
): Target {
  const { part, prefix, fault } = context;
  return new Proxy(target, {
    get(_, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (key === "documents")
        return watched(value as object, { ...context, prefix: "documents." });
      if (typeof value !== "function") return value;
      const call = value.bind(target) as (params: unknown) => Promise<unknown>;
      if (typeof key !== "string" || UNTOUCHED.has(key)) return call;
      return async (params: unknown) => {
        const step = { part, method: `${prefix}${key}`, params };
        fault({ ...step, when: "before" });
        const answer = await call(params);
        fault({ ...step, when: "after" });
        return answer;
      };
    },
  });
}

/** What a call fails with when its datastore can't be reached. */
export function outOfReach({ part }: Step): QTasksError {
  const reason = part === "storage" ? "STORAGE_UNAVAILABLE" : "BROKER_UNAVAILABLE";
  return new QTasksError(reason, `the ${part} is out of reach, as the test asks for`);
}
