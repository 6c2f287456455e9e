/** A component whose every call to its datastore goes through the model's hands. */
import type { Broker } from "../../../src/broker/broker.ts";
import type { Storage } from "../../../src/storage/storage.ts";

/** Makes the call, or not, and answers for it. */
export type Around = (
  method: string,
  params: unknown,
  call: () => Promise<unknown>,
) => Promise<unknown>;

// Not calls to a datastore, or not asynchronous.
const UNTOUCHED: ReadonlySet<string> = new Set(["start", "stop", "now", "subscribe"]);

/** Methods of documents are named as `documents.put`. */
export function around<Component extends Storage | Broker>(
  component: Component,
  each: Around,
): Component {
  return surrounded(component, "", each);
}

function surrounded<Target extends object>(target: Target, prefix: string, each: Around): Target {
  return new Proxy(target, {
    get(_, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (key === "documents") return surrounded(value as object, "documents.", each);
      if (typeof value !== "function") return value;
      const method = value.bind(target) as (params: unknown) => Promise<unknown>;
      if (typeof key !== "string" || UNTOUCHED.has(key)) return method;
      return (params: unknown) => each(prefix + key, params, () => method(params));
    },
  });
}
