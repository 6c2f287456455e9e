/** The contract of GlobalConfig: small JSON values shared by all servers on one storage. */

export interface GlobalConfig {
  /** The storage's clock, ms since the epoch; a close estimate where it is remote. Never runs backwards. */
  now(): number;
  /** The value under a key; undefined where there is none. */
  get(key: string): Promise<ConfigEntry | undefined>;
  /** All values whose keys begin with the prefix, by key. */
  list(prefix?: string): Promise<readonly ConfigEntry[]>;
  /**
   * Sets a value and answers with its new version. REVISION_MISMATCH where `expectedVersion` is not
   * the stored one. A repeat of the same put with `expectedVersion` answers as the first time.
   */
  put(params: ConfigPut): Promise<ConfigEntry>;
  /** Removes a value; one that is gone is no error. */
  delete(key: string): Promise<void>;
  /**
   * The values as they are, then every change by any server until the signal aborts or the reader leaves.
   * Changes of one key may be merged; the last one always comes. Goes on over a storage that is away; STORAGE_UNAVAILABLE
   * where it is away at the beginning.
   */
  watch(options?: WatchConfigOptions): AsyncIterable<ConfigChange>;
}

export interface ConfigEntry {
  readonly key: string;
  /** Any JSON value. */
  readonly value: unknown;
  /** Grows by one with each put, from 1. */
  readonly version: number;
  /** Ms since the epoch, by the storage's clock. */
  readonly updatedAt: number;
}

export interface ConfigPut {
  /** Printable ASCII without spaces, at most 255 characters. */
  readonly key: string;
  readonly value: unknown;
  /** Only if the value has this version; 0: only if there is none. Unset: whatever is there. */
  readonly expectedVersion?: number | undefined;
  /** Gone after so many ms, by the storage's clock; a watch does not tell of that. @default stays */
  readonly ttlMs?: number | undefined;
}

export interface WatchConfigOptions {
  /** Only keys that begin with it. @default all */
  readonly prefix?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A value that was set, or a key that is gone. */
export type ConfigChange =
  | { readonly kind: "put"; readonly entry: ConfigEntry }
  | { readonly kind: "deleted"; readonly key: string };
