/** Wraps a component so that each of its calls to a datastore passes by whoever wants to see it. */
import type { Broker } from "../../broker/broker.ts";
import type { Joint } from "../../storage/joint.ts";
import type { Documents, Storage } from "../../storage/storage.ts";
import { wrapMethods } from "../../storage/wrap-methods.ts";

/** What can be wrapped: a broker, a storage, or a joint backend. */
export type Breakable = Broker | Storage | Joint;

type Untouched = "start" | "stop" | "now" | "subscribe" | "documents" | "capabilities";
type CallsOf<Component> = Exclude<keyof Component & string, Untouched | `${string}Id`>;

/** The calls of the contracts that go to a datastore; those of documents as `documents.put`. */
export type CallName = CallsOf<Broker> | CallsOf<Joint> | `documents.${keyof Documents}`;

/** One call of a component, not made yet. */
export interface ComponentCall {
  readonly part: "storage" | "broker";
  readonly method: CallName;
  readonly params: unknown;
  /** Makes the call, each time anew. */
  readonly make: () => Promise<unknown>;
}

/** Gives what the caller of the component gets. */
export type Around = (call: ComponentCall) => Promise<unknown>;

/** The names that are not calls to a datastore, or not asynchronous. */
const UNTOUCHED: ReadonlySet<string> = new Set<Untouched>(["start", "stop", "now", "subscribe"]);

/**
 * The component with `around` in the place of its calls. `start`, `stop`, `now` and `subscribe` are the component's own, so
 * that a wrapped one can still be opened and closed.
 */
export function aroundCalls<Component extends Breakable>(
  component: Component,
  around: Around,
): Component {
  const part = "documents" in component ? "storage" : "broker";
  return wrapMethods(component, (method, name) => {
    if (UNTOUCHED.has(name)) return method;
    const call = { part, method: name as CallName } as const;
    return (params) => around({ ...call, params, make: () => method(params) as Promise<unknown> });
  });
}
