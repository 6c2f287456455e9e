/** Values that middlewares hand on to handlers, each under a key that knows its type. */

/** Names a value of a type. Made once, by {@link contextKey}. */
export interface ContextKey<T> {
  /** For people. */
  readonly description: string;
  /** What a context without the value gives. */
  readonly fallback: T;
}

/** A key whose value is `fallback` where nothing was set. */
export function contextKey<T>(description: string, fallback: T): ContextKey<T>;
export function contextKey<T>(description: string): ContextKey<T | undefined>;
export function contextKey<T>(description: string, fallback?: T): ContextKey<T | undefined> {
  return Object.freeze({ description, fallback });
}

/** The values of one attempt. Keys are told apart by identity, not by their description. */
export class ContextValues {
  readonly #values = new Map<ContextKey<never>, unknown>();

  /** What was set last under the key, or its fallback. */
  get<T>(key: ContextKey<T>): T {
    return this.#values.has(key as ContextKey<never>)
      ? (this.#values.get(key as ContextKey<never>) as T)
      : key.fallback;
  }

  set<T>(key: ContextKey<T>, value: T): this {
    this.#values.set(key as ContextKey<never>, value);
    return this;
  }
}
