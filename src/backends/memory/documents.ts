import type {
  Document,
  DocumentKey,
  DocumentPut,
  Documents,
  DocumentVerdict,
} from "../../storage/storage.ts";
import { Timeline, type Moment } from "./timeline.ts";

interface Kept {
  readonly document: Document;
  readonly expiry: Moment<Document> | undefined;
}

/** Documents by kind and key. */
export class MemoryDocuments implements Documents {
  readonly #kinds = new Map<string, Map<string, Kept>>();
  readonly #expiries = new Timeline<Document>();
  readonly #now: () => number;
  readonly #onChange: (key: DocumentKey) => void;

  /** `onChange` hears of every document that others should read again. */
  constructor(now: () => number, onChange: (key: DocumentKey) => void) {
    this.#now = now;
    this.#onChange = onChange;
  }

  async get(params: {
    readonly keys: readonly DocumentKey[];
  }): Promise<readonly (Document | undefined)[]> {
    this.#expire();
    return params.keys.map((key) => this.#read(key)?.document);
  }

  async list(params: { readonly kind: string }): Promise<readonly Document[]> {
    this.#expire();
    const documents = [...(this.#kinds.get(params.kind)?.values() ?? [])].map(
      (kept) => kept.document,
    );
    return documents.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  async put(params: {
    readonly items: readonly DocumentPut[];
  }): Promise<readonly DocumentVerdict[]> {
    this.#expire();
    return params.items.map((item) => this.#put(item));
  }

  async remove(params: { readonly keys: readonly DocumentKey[] }): Promise<void> {
    this.#expire();
    for (const key of params.keys) if (this.#forget(key)) this.#onChange(key);
  }

  #put(item: DocumentPut): DocumentVerdict {
    const stored = this.#read(item)?.document;
    if (item.expectedVersion !== undefined && item.expectedVersion !== (stored?.version ?? 0))
      return isRepeat(item, stored)
        ? { kind: "put", document: stored }
        : { kind: "conflict", document: stored };
    const document = this.#keep(item, (stored?.version ?? 0) + 1);
    if (item.notify !== false) this.#onChange(item);
    return { kind: "put", document };
  }

  #keep(item: DocumentPut, version: number): Document {
    this.#forget(item);
    const now = this.#now();
    const expiresAt = item.ttlMs === undefined ? 0 : now + item.ttlMs;
    const { kind, key, value } = item;
    const document: Document = { kind, key, version, value, updatedAt: now, expiresAt };
    const expiry = expiresAt === 0 ? undefined : this.#expiries.add(expiresAt, key, document);
    let keys = this.#kinds.get(kind);
    if (keys === undefined) this.#kinds.set(kind, (keys = new Map()));
    keys.set(key, { document, expiry });
    return document;
  }

  #read({ kind, key }: DocumentKey): Kept | undefined {
    return this.#kinds.get(kind)?.get(key);
  }

  /** Whether there was one. */
  #forget(key: DocumentKey): boolean {
    this.#expiries.remove(this.#read(key)?.expiry);
    return this.#kinds.get(key.kind)?.delete(key.key) ?? false;
  }

  #expire(): void {
    for (const document of this.#expiries.due(this.#now())) this.#forget(document);
  }
}

/** This very put was made already. */
function isRepeat(item: DocumentPut, stored: Document | undefined): stored is Document {
  return (
    stored !== undefined &&
    stored.version === item.expectedVersion! + 1 &&
    Buffer.compare(stored.value, item.value) === 0
  );
}
