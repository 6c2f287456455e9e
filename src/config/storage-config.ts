/** GlobalConfig over the documents of a storage. */
import { fieldError, QTasksError } from "../core/errors.ts";
import { checkOptions, type NamesOf } from "../core/known-options.ts";
import type { Document, Storage } from "../storage/storage.ts";
import { watchDocuments } from "./document-watch.ts";
import type {
  ConfigChange,
  ConfigEntry,
  ConfigPut,
  GlobalConfig,
  WatchConfigOptions,
} from "./global-config.ts";

/** The kind of its documents. */
export const CONFIG_KIND = "config";

const PUT: NamesOf<ConfigPut> = {
  key: true,
  value: true,
  expectedVersion: true,
  ttlMs: true,
};
const WATCH: NamesOf<WatchConfigOptions> = { prefix: true, signal: true };

/** What it needs of a storage. */
export type ConfigStorage = Pick<Storage, "documents" | "subscribe" | "now">;

export class StorageConfig implements GlobalConfig {
  readonly #storage: ConfigStorage;

  /** The storage is started and stopped by its owner. */
  constructor(storage: ConfigStorage) {
    this.#storage = storage;
  }

  now(): number {
    return this.#storage.now();
  }

  async get(key: string): Promise<ConfigEntry | undefined> {
    const [document] = await this.#storage.documents.get({ keys: [{ kind: CONFIG_KIND, key }] });
    return document && entryOf(document);
  }

  async list(prefix = ""): Promise<readonly ConfigEntry[]> {
    const documents = await this.#storage.documents.list({ kind: CONFIG_KIND });
    return documents.filter(({ key }) => key.startsWith(prefix)).map(entryOf);
  }

  async put(params: ConfigPut): Promise<ConfigEntry> {
    checkOptions(params, PUT);
    const { key, value, expectedVersion, ttlMs } = params;
    if (!/^[!-~]{1,255}$/.test(key))
      throw fieldError("key", "1 to 255 printable ASCII characters without spaces");
    const item = { kind: CONFIG_KIND, key, value: encode(value), expectedVersion, ttlMs };
    const [verdict] = await this.#storage.documents.put({ items: [item] });
    if (verdict?.kind === "put") return entryOf(verdict.document);
    throw new QTasksError(
      "REVISION_MISMATCH",
      `the value ${key} has version ${verdict?.document?.version ?? 0}, not ${expectedVersion}`,
      { metadata: { key } },
    );
  }

  async delete(key: string): Promise<void> {
    await this.#storage.documents.remove({ keys: [{ kind: CONFIG_KIND, key }] });
  }

  async *watch(options: WatchConfigOptions = {}): AsyncGenerator<ConfigChange, void> {
    checkOptions(options, WATCH);
    const { prefix = "", signal } = options;
    for await (const { key, document } of watchDocuments(this.#storage, CONFIG_KIND, signal)) {
      if (!key.startsWith(prefix)) continue;
      yield document === undefined
        ? { kind: "deleted", key }
        : { kind: "put", entry: entryOf(document) };
    }
  }
}

function entryOf({ key, value, version, updatedAt }: Document): ConfigEntry {
  const parsed: unknown = JSON.parse(Buffer.from(value).toString("utf8"));
  return { key, value: parsed, version, updatedAt };
}

function encode(value: unknown): Uint8Array {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw fieldError("value", `expected a JSON value, not a ${typeof value}`);
  return Buffer.from(text);
}
