/** Descriptor sets of the users' own messages: durable, told apart by their SHA-256. */
import { createHash } from "node:crypto";
import type { Document, Storage, StorageNotice } from "../storage/storage.ts";
import { repeat } from "./repeat.ts";

const KIND = "schema";

/** Called with each encoded google.protobuf.FileDescriptorSet, once. */
export type SchemaListener = (fileDescriptorSet: Uint8Array) => void;

export class Schemas {
  readonly #storage: Storage;
  readonly #known = new Map<string, Uint8Array>();
  readonly #listeners = new Set<SchemaListener>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async start(): Promise<void> {
    await this.#reload();
  }

  async follow(notice: StorageNotice): Promise<void> {
    if (notice.kind === "gap" || (notice.kind === "document" && notice.documentKind === KIND))
      await this.#reload();
  }

  has(digest: Uint8Array): boolean {
    return this.#known.has(Buffer.from(digest).toString("hex"));
  }

  async add(fileDescriptorSet: Uint8Array): Promise<void> {
    const key = createHash("sha256").update(fileDescriptorSet).digest("hex");
    if (this.#known.has(key)) return;
    const items = [{ kind: KIND, key, value: fileDescriptorSet }];
    await repeat(() => this.#storage.documents.put({ items }));
    this.#keep({ key, value: fileDescriptorSet });
  }

  /** Hears of all that are known, and of those to come. */
  onSchema(listener: SchemaListener): void {
    this.#listeners.add(listener);
    for (const schema of this.#known.values()) listener(schema);
  }

  async #reload(): Promise<void> {
    for (const document of await repeat(() => this.#storage.documents.list({ kind: KIND })))
      this.#keep(document);
  }

  #keep({ key, value }: Pick<Document, "key" | "value">): void {
    if (this.#known.has(key)) return;
    this.#known.set(key, value);
    for (const listener of this.#listeners) listener(value);
  }
}
