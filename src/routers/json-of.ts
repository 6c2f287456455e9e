/** How a type looks after it has been sent as JSON. */

type AnyFunction = ((...args: never) => unknown) | (abstract new (...args: never) => unknown);
type None = undefined | void;
/** What JSON leaves out of an object, and makes null in an array. */
type LeftOut = None | symbol | AnyFunction;
/** What JSON makes an empty object. */
type Emptied =
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | WeakMap<never, unknown>
  | WeakSet<never>
  | RegExp;

/**
 * What arrives of a `T`: a Date is a string, an object with `toJSON` what that gives, a Map or Set an empty object, and
 * functions and symbols are gone. A `T` that holds all that can arrive of it stays the same type, by its name.
 */
export type JsonOf<T> = [Json<T>] extends [T] ? T : Json<T>;

// It comes to itself by arrays and properties alone, which the compiler looks into no sooner than it must.
type Json<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null
    ? T
    : T extends bigint | symbol | AnyFunction
      ? never
      : T extends { toJSON(...args: never): infer R }
        ? Json<R>
        : T extends Emptied
          ? object
          : T extends readonly unknown[]
            ? JsonArray<T>
            : { [K in keyof T as Key<K, T[K]>]: Field<T[K]> };

type JsonArray<T extends readonly unknown[]> = [number, []] extends [T["length"], T]
  ? T extends unknown[]
    ? Element<T[number]>[]
    : readonly Element<T[number]>[]
  : JsonTuple<T>;
// Written out: a mapped tuple is looked into at once, without end where it holds itself. Longer ones stay as they are.
type JsonTuple<T> = T extends readonly [infer A]
  ? [Element<A>]
  : T extends readonly [infer A, infer B]
    ? [Element<A>, Element<B>]
    : T extends readonly [infer A, infer B, infer C]
      ? [Element<A>, Element<B>, Element<C>]
      : T;

type Element<T> = unknown extends T ? T : T extends LeftOut ? null : Json<T>;
/** Those that can only be functions or symbols are gone. */
type Key<K, V> = K extends symbol ? never : unknown extends V ? K : Held<K, Exclude<V, None>>;
type Held<K, V> = [V] extends [never] ? K : [V] extends [symbol | AnyFunction] ? never : K;
/** A property that is not there reads as undefined. */
type Field<T> = unknown extends T
  ? T
  : T extends None
    ? T
    : T extends LeftOut
      ? undefined
      : Json<T>;
