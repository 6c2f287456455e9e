/** What shared state is read and written as. */

/** A value under its key. */
export interface StateEntry<Value> {
  readonly key: string;
  readonly value: Value;
  /**
   * Grows with each write of the key, also where the value was deleted or had expired in between: it can tell stores
   * elsewhere an old owner from a new one.
   */
  readonly version: number;
  /** Ms since the epoch, by the storage's clock. */
  readonly updatedAt: number;
  /** Absent from then on, by the storage's clock; undefined: stays. */
  readonly expiresAt: number | undefined;
}

/** A value that was set, or a key that is gone: deleted or expired. */
export type StateChange<Value> =
  | { readonly kind: "put"; readonly entry: StateEntry<Value> }
  | { readonly kind: "deleted"; readonly key: string };

export interface StatePut<Input> {
  /** Printable ASCII without spaces, at most 255 characters together with the prefix and 7 more. */
  readonly key: string;
  /** Any JSON value, at most 64 KiB of it. */
  readonly value: Input;
  /** Only if the value has this version; 0: only if there is none. Unset: whatever is there. */
  readonly expectedVersion?: number | undefined;
  /** Absent after so many ms, 1 or more. @default stays */
  readonly ttlMs?: number | undefined;
}

export interface StateUpdateOptions {
  /** Absent after so many ms from now, 1 or more. @default as before the update; a new value stays */
  readonly ttlMs?: number | undefined;
}

export interface StateDeleteOptions {
  /** Only if the value has this version. Unset: whatever is there. */
  readonly expectedVersion?: number | undefined;
}

export interface WatchStateOptions {
  /** Only keys that begin with it. @default all */
  readonly prefix?: string | undefined;
  /** Ends the watch. */
  readonly signal?: AbortSignal | undefined;
}
