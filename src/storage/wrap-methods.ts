/** A broker, a storage or a joint backend whose methods are wrapped; all else is its own. */

/** A method, called on the component that it belongs to. */
export type Method = (...args: unknown[]) => unknown;

/** Gives what is called in a method's place. `name`: such as `write`; of the documents, `documents.put`. */
export type WrapMethod = (method: Method, name: string) => Method;

/** The component with its methods wrapped: each once, when it is first asked for. */
export function wrapMethods<Component extends object>(
  component: Component,
  wrap: WrapMethod,
  prefix = "",
): Component {
  const wrapped = new Map<PropertyKey, unknown>();
  return new Proxy(component, {
    get(target, key) {
      if (wrapped.has(key)) return wrapped.get(key);
      const value: unknown = Reflect.get(target, key, target);
      if (key !== "documents" && typeof value !== "function") return value;
      const member =
        key === "documents"
          ? wrapMethods(value as object, wrap, "documents.")
          : wrap(methodOf(target, key), prefix + String(key));
      wrapped.set(key, member);
      return member;
    },
  });
}

/** Looked up at each call: a test may replace it by a mock. */
function methodOf(target: object, key: PropertyKey): Method {
  const methods = target as Record<PropertyKey, Method>;
  return (...args) => methods[key]!(...args);
}
