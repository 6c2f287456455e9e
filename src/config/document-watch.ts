/** Documents of one kind: as they are, then as they change. */
import { QTasksError } from "../core/errors.ts";
import type { Document, Storage } from "../storage/storage.ts";

/** How long a storage that is away is left alone, in ms. */
const RETRY_MS = 1_000;

/** A document that is new or has changed, or the key of one that is gone. */
export interface DocumentChange {
  readonly key: string;
  readonly document: Document | undefined;
}

/**
 * The documents, then every change until the signal aborts or the reader leaves. Interest is registered before
 * the first read, so that nothing falls in between; after a gap in the notices all is read again, and where the
 * storage was away. Only the first read throws STORAGE_UNAVAILABLE.
 */
export async function* watchDocuments(
  storage: Pick<Storage, "documents" | "subscribe">,
  kind: string,
  signal?: AbortSignal,
): AsyncGenerator<DocumentChange, void> {
  const news = new News();
  const unsubscribe = storage.subscribe((notice) => {
    if (notice.kind === "gap") news.addAll();
    if (notice.kind === "document" && notice.documentKind === kind) news.add(notice.key);
  });
  const end = (): void => news.end();
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted === true) end();
  try {
    const seen = new Map<string, number>();
    let look: typeof read = read;
    for (let keys = await news.next(); keys !== undefined; keys = await news.next()) {
      for (const change of await look(storage, kind, keys, seen)) {
        note(seen, change);
        yield change;
      }
      look = readOr(() => news.addAllIn(RETRY_MS));
    }
  } finally {
    news.end();
    unsubscribe();
    signal?.removeEventListener("abort", end);
  }
}

/** What differs from what was seen. */
async function read(
  { documents }: Pick<Storage, "documents">,
  kind: string,
  keys: ReadonlySet<string> | "all",
  seen: ReadonlyMap<string, number>,
): Promise<DocumentChange[]> {
  const found =
    keys === "all"
      ? await documents.list({ kind })
      : await documents.get({ keys: [...keys].map((key) => ({ kind, key })) });
  const byKey = new Map(found.flatMap((document) => (document ? [[document.key, document]] : [])));
  const looked = keys === "all" ? new Set([...seen.keys(), ...byKey.keys()]) : keys;
  return [...looked]
    .map((key) => ({ key, document: byKey.get(key) }))
    .filter(({ key, document }) => document?.version !== seen.get(key));
}

/** As {@link read}; nothing where the storage is away, which `later` is told. */
function readOr(later: () => void): typeof read {
  return async (...args) => {
    try {
      return await read(...args);
    } catch (error) {
      if (QTasksError.from(error).reason !== "STORAGE_UNAVAILABLE") throw error;
      later();
      return [];
    }
  };
}

function note(seen: Map<string, number>, { key, document }: DocumentChange): void {
  if (document === undefined) seen.delete(key);
  else seen.set(key, document.version);
}

/** Keys to look at; at first all of them. */
class News {
  #keys: Set<string> | "all" = "all";
  #ended = false;
  #wake: (() => void) | undefined;
  #later: NodeJS.Timeout | undefined;

  add(key: string): void {
    if (this.#keys !== "all") this.#keys.add(key);
    this.#wake?.();
  }

  addAll(): void {
    this.#keys = "all";
    this.#wake?.();
  }

  addAllIn(ms: number): void {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.addAll(), ms);
    this.#later.unref();
  }

  end(): void {
    clearTimeout(this.#later);
    this.#ended = true;
    this.#wake?.();
  }

  /** Waits for keys to look at; undefined at the end. */
  async next(): Promise<ReadonlySet<string> | "all" | undefined> {
    while (!this.#ended && this.#keys !== "all" && this.#keys.size === 0)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#ended) return undefined;
    const keys = this.#keys;
    this.#keys = new Set();
    return keys;
  }
}
