/** State that all servers on one storage share. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { QTasksError } from "../../core/errors.ts";
import { checkBySchema } from "../../core/schema.ts";
import type { Plugin, PluginApp, PluginScope } from "../plugin.ts";
import type {
  StateChange,
  StateDeleteOptions,
  StateEntry,
  StatePut,
  StateUpdateOptions,
  WatchStateOptions,
} from "./entry.ts";
import { checkOptions, type NamesOf } from "../../core/known-options.ts";
import { checkStateOptions, type SharedStateOptions } from "./options.ts";
import { StateStore } from "./state-store.ts";
import { StateWatch } from "./watch-state.ts";

const WATCH: NamesOf<WatchStateOptions> = { prefix: true, signal: true };

/**
 * A plugin of one app, made by {@link sharedState}. Ready once the app was started or connected, CONFIG_INVALID before.
 * An app that works for a server elsewhere is refused at its start: it has no storage.
 */
export class SharedState<Value, Input = Value> implements Plugin {
  readonly name: string;
  readonly #store: StateStore;
  readonly #watches = new Set<AbortController>();
  #app: PluginApp | undefined;

  constructor(options: SharedStateOptions) {
    checkStateOptions(options);
    const { prefix, schema } = options;
    this.name = `state:${prefix}`;
    this.#store = new StateStore({
      prefix,
      config: () => this.#installed().globalConfig(),
      check: (value) => (schema === undefined ? value : checkBySchema(schema, value, "value")),
    });
  }

  /** The value under a key; undefined where there is none. */
  get(key: string): Promise<StateEntry<Value> | undefined> {
    return this.#store.get(key) as Promise<StateEntry<Value> | undefined>;
  }

  /** All values whose keys begin with the prefix, by key. */
  list(prefix = ""): Promise<readonly StateEntry<Value>[]> {
    return this.#store.list(prefix) as Promise<StateEntry<Value>[]>;
  }

  /**
   * Sets a value. REVISION_MISMATCH where `expectedVersion` is not the stored one; FIELD_VIOLATION for a value that the
   * schema refuses; PAYLOAD_TOO_LARGE beyond 64 KiB of JSON.
   */
  put(params: StatePut<Input>): Promise<StateEntry<Value>> {
    return this.#store.put(params) as Promise<StateEntry<Value>>;
  }

  /**
   * Sets what `change` makes of the value, as long as no other write comes in between; else it is called again with the
   * new one. Given undefined, there is none; where it gives undefined, there is none afterwards. It is to be quick, and no
   * async function. REVISION_MISMATCH when other servers came first 50 times in a row.
   */
  update(
    key: string,
    change: (value: Value | undefined) => Input | undefined,
    options: StateUpdateOptions = {},
  ): Promise<StateEntry<Value> | undefined> {
    const changed = this.#store.update(key, change as (value: unknown) => unknown, options);
    return changed as Promise<StateEntry<Value> | undefined>;
  }

  /** Removes a value; answers whether there was one. REVISION_MISMATCH where `expectedVersion` is not the stored one. */
  delete(key: string, options: StateDeleteOptions = {}): Promise<boolean> {
    return this.#store.delete(key, options);
  }

  /**
   * The values as they are, then every change by any server, until the signal aborts, the reader leaves or the app stops.
   * Changes of one key may be merged; the last one always comes. Goes on over a storage that is away; STORAGE_UNAVAILABLE
   * where it is away at the beginning.
   */
  async *watch(options: WatchStateOptions = {}): AsyncGenerator<StateChange<Value>, void> {
    checkOptions(options, WATCH);
    const { prefix = "", signal } = options;
    const ending = new AbortController();
    const end = (): void => ending.abort();
    this.#watches.add(ending);
    signal?.addEventListener("abort", end, { once: true });
    if (signal?.aborted === true) end();
    try {
      const app = this.#installed();
      const config = await app.globalConfig();
      const parts = { store: this.#store, config, clock: app.clock(), prefix };
      const watch = new StateWatch({ ...parts, signal: ending.signal });
      yield* watch.changes() as AsyncGenerator<StateChange<Value>, void>;
    } finally {
      end();
      this.#watches.delete(ending);
      signal?.removeEventListener("abort", end);
    }
  }

  /** @internal */
  install({ app, hook }: PluginScope): void {
    // Of one app it is the same function at each try: an installation that failed may be repeated.
    if (this.#app !== undefined && this.#app.globalConfig !== app.globalConfig)
      throw invalid(this.name, "another app uses it already: make one for each app");
    this.#app = app;
    hook("app.stopped", () => this.#endWatches());
  }

  /** @internal */
  start(app: PluginApp): void {
    const { server } = app.config();
    if (server === undefined) return;
    throw invalid(
      this.name,
      `it needs an app with a storage of its own; this one works for the server at ${server}`,
    );
  }

  /** @internal */
  stop(): void {
    this.#endWatches();
  }

  #endWatches(): void {
    for (const watch of this.#watches) watch.abort();
  }

  #installed(): PluginApp {
    if (this.#app !== undefined) return this.#app;
    throw invalid(
      this.name,
      "no app that was started or connected uses it: call app.use(state), then app.start() or app.client(); " +
        "handlers in threads can't reach it",
    );
  }
}

/**
 * A small key-value store that all servers on one storage share: flags, counters, leases. Use it by `app.use(state)`.
 * For thousands of values, not millions. CONFIG_INVALID names an option that is wrong.
 */
export function sharedState<Schema extends StandardSchemaV1>(
  options: SharedStateOptions<Schema> & { readonly schema: Schema },
): SharedState<StandardSchemaV1.InferOutput<Schema>, StandardSchemaV1.InferInput<Schema>>;
export function sharedState<Value = unknown>(
  options: SharedStateOptions<undefined>,
): SharedState<Value>;
export function sharedState(options: SharedStateOptions): SharedState<unknown> {
  return new SharedState(options);
}

function invalid(name: string, what: string): QTasksError {
  return new QTasksError("CONFIG_INVALID", `plugin ${name}: ${what}`);
}
