/** Descriptor sets of the users' own messages: durable, told apart by their SHA-256. */
import { createHash } from "node:crypto";
import type { Document, Storage, StorageNotice } from "../storage/storage.ts";
import { repeat } from "./repeat.ts";

const KIND = "schema";

export interface KnownSchema {
  /** SHA-256 in hexadecimal. */
  readonly digest: string;
  /** An encoded google.protobuf.FileDescriptorSet. */
  readonly fileDescriptorSet: Uint8Array;
  /** When a worker last came with it, in ms since the epoch. */
  readonly updatedAt: number;
}

export class Schemas {
  readonly #storage: Storage;
  readonly #known = new Map<string, KnownSchema>();
  readonly #listeners = new Set<() => void>();
  /** Grows with each change of what is known. */
  #version = 0;

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
    return this.#known.has(hex(digest));
  }

  /** The newest first. */
  list(): readonly KnownSchema[] {
    return [...this.#known.values()].sort(
      (a, b) => b.updatedAt - a.updatedAt || (a.digest < b.digest ? -1 : 1),
    );
  }

  /** Keeps a set; one that is known already becomes the newest. */
  async add(fileDescriptorSet: Uint8Array): Promise<void> {
    const key = createHash("sha256").update(fileDescriptorSet).digest("hex");
    const items = [{ kind: KIND, key, value: fileDescriptorSet }];
    const verdicts = await repeat(() => this.#storage.documents.put({ items }));
    this.#version++;
    for (const verdict of verdicts) if (verdict.kind === "put") this.#keep(verdict.document);
    this.#tell();
  }

  /** As {@link add}, for a set that is known. */
  async renew(digest: Uint8Array): Promise<void> {
    const known = this.#known.get(hex(digest));
    if (known !== undefined) await this.add(known.fileDescriptorSet);
  }

  async remove(digests: readonly string[]): Promise<void> {
    if (digests.length === 0) return;
    const keys = digests.map((key) => ({ kind: KIND, key }));
    await repeat(() => this.#storage.documents.remove({ keys }));
    this.#version++;
    for (const digest of digests) this.#known.delete(digest);
    this.#tell();
  }

  /** Calls back after each change. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #reload(): Promise<void> {
    const version = this.#version;
    const documents = await repeat(() => this.#storage.documents.list({ kind: KIND }));
    // What was read may lack what came meanwhile, and its callers are to find it.
    if (version !== this.#version) return this.#reload();
    this.#version++;
    this.#known.clear();
    for (const document of documents) this.#keep(document);
    this.#tell();
  }

  #keep({ key, value, updatedAt }: Document): void {
    this.#known.set(key, { digest: key, fileDescriptorSet: value, updatedAt });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function hex(digest: Uint8Array): string {
  return Buffer.from(digest).toString("hex");
}
