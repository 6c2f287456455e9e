/** Reads and writes state in GlobalConfig. */
import { setTimeout as sleep } from "node:timers/promises";
import type { GlobalConfig } from "../../config/global-config.ts";
import { checkText } from "../../core/check-text.ts";
import { fieldError, QTasksError } from "../../core/errors.ts";
import { checkOptions, type NamesOf } from "../../core/known-options.ts";
import { shown } from "../../core/shown.ts";
import type { StateDeleteOptions, StateEntry, StatePut, StateUpdateOptions } from "./entry.ts";
import { OneByOne } from "./one-by-one.ts";
import { liveEntry, readStored, toPut, type Stored } from "./stored.ts";

/** Others may come first so often; each time it is another server's write that came through. */
const MAX_TRIES = 50;
/** The wait before another try is random, at most this, in ms, and more with each, up to the latter. */
const FIRST_WAIT_MS = 2;
const MAX_WAIT_MS = 100;

/** A hundred years. */
const MAX_TTL_MS = 36_525 * 24 * 3_600_000;

const PUT: NamesOf<StatePut<unknown>> = {
  key: true,
  value: true,
  expectedVersion: true,
  ttlMs: true,
};
const UPDATE: NamesOf<StateUpdateOptions> = { ttlMs: true };
const DELETE: NamesOf<StateDeleteOptions> = { expectedVersion: true };

/** What is to stand under a key: nothing without a value. */
interface Wanted {
  readonly value?: unknown;
  readonly expiresAt?: number | undefined;
}

/** Undefined: all stays as it is. */
type Decide = (
  entry: StateEntry<unknown> | undefined,
  now: number,
) => Wanted | undefined | Promise<Wanted | undefined>;

export interface StateStoreParts {
  readonly prefix: string;
  readonly config: () => Promise<GlobalConfig>;
  /** Gives the value that is written; rejects for one that is not allowed. */
  readonly check: (value: unknown) => unknown;
}

export class StateStore {
  readonly #parts: StateStoreParts;
  // Of one process one at a time tries: else all but one of them would try in vain.
  readonly #writes = new OneByOne();

  constructor(parts: StateStoreParts) {
    this.#parts = parts;
  }

  async get(key: string): Promise<StateEntry<unknown> | undefined> {
    const config = await this.#parts.config();
    return liveEntry(await this.#read(config, key), config.now());
  }

  async list(prefix: string): Promise<StateEntry<unknown>[]> {
    const config = await this.#parts.config();
    const found = await config.list(this.fullKey(prefix));
    const now = config.now();
    return found.flatMap((each) => {
      const key = this.ownKey(each.key);
      return liveEntry(readStored(key, each), now) ?? [];
    });
  }

  async put(params: StatePut<unknown>): Promise<StateEntry<unknown>> {
    checkOptions(params, PUT);
    const { key, expectedVersion, ttlMs } = params;
    checkExpected(expectedVersion);
    checkTtl(ttlMs);
    const value = await this.#parts.check(params.value);
    if (value === undefined)
      throw fieldError("value", "expected a JSON value; delete() removes one");
    const put = await this.#write(key, (entry, now) => {
      checkVersion(key, entry, expectedVersion);
      return { value, expiresAt: ttlMs === undefined ? undefined : now + ttlMs };
    });
    return put!;
  }

  async update(
    key: string,
    change: (value: unknown) => unknown,
    options: StateUpdateOptions,
  ): Promise<StateEntry<unknown> | undefined> {
    checkOptions(options, UPDATE);
    const { ttlMs } = options;
    checkTtl(ttlMs);
    return this.#write(key, async (entry, now) => {
      const changed = change(entry?.value);
      if (changed instanceof Promise)
        throw fieldError("update", "expected a function that gives a value, not a promise of one");
      if (changed === undefined) return entry === undefined ? undefined : {};
      const expiresAt = ttlMs === undefined ? entry?.expiresAt : now + ttlMs;
      return { value: await this.#parts.check(changed), expiresAt };
    });
  }

  async delete(key: string, options: StateDeleteOptions): Promise<boolean> {
    checkOptions(options, DELETE);
    const { expectedVersion } = options;
    checkExpected(expectedVersion);
    let deleted = false;
    await this.#write(key, (entry) => {
      checkVersion(key, entry, expectedVersion);
      deleted = entry !== undefined;
      return deleted ? {} : undefined;
    });
    return deleted;
  }

  /** The name of a key among all values of GlobalConfig. FIELD_VIOLATION where the key is no text. */
  fullKey(key: string): string {
    checkText("key", key);
    return `state:${this.#parts.prefix}:${key}`;
  }

  /** The key of a name. */
  ownKey(name: string): string {
    return name.slice(this.fullKey("").length);
  }

  async #read(config: GlobalConfig, key: string): Promise<Stored> {
    return readStored(key, await config.get(this.fullKey(key)));
  }

  #write(key: string, decide: Decide): Promise<StateEntry<unknown> | undefined> {
    return this.#writes.run(key, async () => {
      for (let tries = 1; ; tries++) {
        try {
          return await this.#tryWrite(key, decide);
        } catch (error) {
          if (!(error instanceof CameFirst)) throw error;
          if (tries === MAX_TRIES) throw mismatch(key, `others wrote it ${tries} times in a row`);
        }
        await sleep(Math.random() * Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** tries));
      }
    });
  }

  async #tryWrite(key: string, decide: Decide): Promise<StateEntry<unknown> | undefined> {
    const config = await this.#parts.config();
    const stored = await this.#read(config, key);
    const wanted = await decide(liveEntry(stored, config.now()), config.now());
    if (wanted === undefined) return undefined;
    const name = this.fullKey(key);
    const put = { key: name, ...toPut(key, stored, wanted, config.now()) };
    try {
      return readStored(key, await config.put(put)).entry;
    } catch (error) {
      throw QTasksError.from(error).reason === "REVISION_MISMATCH" ? new CameFirst() : error;
    }
  }
}

/** Another write came between the read and the write. */
class CameFirst extends Error {}

/** One that is no number would never be the stored one, though it looks the same. */
function checkExpected(version: number | undefined): void {
  if (version === undefined || (Number.isSafeInteger(version) && version >= 0)) return;
  const expected = "expected a whole number of 0 or more";
  throw fieldError("expectedVersion", `${expected}; got ${shown(version)}`);
}

function checkVersion(
  key: string,
  entry: StateEntry<unknown> | undefined,
  expectedVersion: number | undefined,
): void {
  const version = entry?.version ?? 0;
  if (expectedVersion === undefined || expectedVersion === version) return;
  throw mismatch(key, `it has version ${version}, not ${expectedVersion}`);
}

function mismatch(key: string, why: string): QTasksError {
  const metadata = { key };
  return new QTasksError("REVISION_MISMATCH", `shared state ${key}: ${why}`, { metadata });
}

function checkTtl(ttlMs: number | undefined): void {
  if (ttlMs === undefined || (Number.isInteger(ttlMs) && ttlMs >= 1 && ttlMs <= MAX_TTL_MS)) return;
  throw fieldError("ttlMs", `expected a whole number from 1 to ${MAX_TTL_MS}; got ${ttlMs}`);
}
