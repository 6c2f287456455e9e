/** Definitions of task names: durable documents, and a copy in memory that follows their changes. */
import { fromBinary, toBinary, equals } from "@bufbuild/protobuf";
import {
  TaskDefinitionSchema,
  type TaskDefinition,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { DefinitionOptions } from "../core/effective-options.ts";
import { QTasksError } from "../core/errors.ts";
import { completeOptions } from "../core/spec.ts";
import type { Document, Storage, StorageNotice } from "../storage/storage.ts";
import { repeat } from "./repeat.ts";

const KIND = "definition";

export interface KnownDefinition {
  readonly definition: TaskDefinition;
  /** The definition's options completed by the server's defaults. */
  readonly options: DefinitionOptions;
  readonly updatedAt: number;
}

export class Definitions {
  readonly #storage: Storage;
  readonly #known = new Map<string, KnownDefinition>();
  readonly #listeners = new Set<() => void>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async start(): Promise<void> {
    await this.#reload();
  }

  /** Keeps the copy up to date; errors are the caller's to log. */
  async follow(notice: StorageNotice): Promise<void> {
    if (notice.kind === "gap") await this.#reload();
    else if (notice.kind === "document" && notice.documentKind === KIND)
      await this.#load(notice.key);
  }

  /** Calls back after each change. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What is known of a name at once. */
  known(name: string): KnownDefinition | undefined {
    return this.#known.get(name);
  }

  /**
   * What is known of a name; a name that this server has not seen is looked up once more.
   * DEFINITION_NOT_FOUND, for the request's `field`.
   */
  async get(name: string, field = "spec.name"): Promise<KnownDefinition> {
    const known = this.#known.get(name) ?? (await this.#load(name));
    if (known !== undefined) return known;
    throw new QTasksError(
      "DEFINITION_NOT_FOUND",
      `no task is defined under the name ${name}: start a worker that lists it, or apply its definition; \`qtasks tasks\` shows what is defined`,
      { metadata: { name }, fields: [{ field, description: "is not defined" }] },
    );
  }

  /** Those that are known, by name. */
  list(): readonly KnownDefinition[] {
    return [...this.#known.values()].sort((a, b) =>
      a.definition.name < b.definition.name ? -1 : 1,
    );
  }

  /** Writes those that differ from what is stored; DEFINITION_CONFLICT where kinds or types disagree. */
  async apply(definitions: readonly TaskDefinition[]): Promise<void> {
    const changed = definitions.filter((definition) => {
      const known = this.#known.get(definition.name)?.definition;
      if (known !== undefined) assertCompatible(known, definition);
      return known === undefined || !equals(TaskDefinitionSchema, known, definition);
    });
    if (changed.length === 0) return;
    const verdicts = await repeat(() =>
      this.#storage.documents.put({
        items: changed.map((definition) => ({
          kind: KIND,
          key: definition.name,
          value: toBinary(TaskDefinitionSchema, definition),
        })),
      }),
    );
    for (const verdict of verdicts) if (verdict.kind === "put") this.#keep(verdict.document);
    this.#tell();
  }

  async remove(name: string): Promise<void> {
    await this.get(name, "name");
    await repeat(() => this.#storage.documents.remove({ keys: [{ kind: KIND, key: name }] }));
    this.#known.delete(name);
    this.#tell();
  }

  async #reload(): Promise<void> {
    const documents = await repeat(() => this.#storage.documents.list({ kind: KIND }));
    this.#known.clear();
    for (const document of documents) this.#keep(document);
    this.#tell();
  }

  async #load(name: string): Promise<KnownDefinition | undefined> {
    const keys = [{ kind: KIND, key: name }];
    const [document] = await repeat(() => this.#storage.documents.get({ keys }));
    const known = document === undefined ? undefined : this.#keep(document);
    // Asked for by any caller of an unknown name: only what was known is news that it is gone.
    if (known !== undefined || this.#known.delete(name)) this.#tell();
    return known;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #keep(document: Document): KnownDefinition {
    const definition = fromBinary(TaskDefinitionSchema, document.value);
    const known = {
      definition,
      options: new DefinitionOptions(completeOptions(definition.options)),
      updatedAt: document.updatedAt,
    };
    this.#known.set(definition.name, known);
    return known;
  }
}

/** Options and descriptions may change with a deploy; what callers and handlers exchange may not. */
function assertCompatible(known: TaskDefinition, next: TaskDefinition): void {
  const disagree = (what: string, before: unknown, after: unknown): never => {
    throw new QTasksError(
      "DEFINITION_CONFLICT",
      `${next.name} is defined with ${what} ${String(before)}, not ${String(after)}: give the new kind of task a name of its own, or delete the old definition first`,
      { metadata: { name: next.name } },
    );
  };
  if (known.streaming !== next.streaming) disagree("streaming", known.streaming, next.streaming);
  if (known.inputSchema !== next.inputSchema)
    disagree("input_schema", known.inputSchema || "(none)", next.inputSchema || "(none)");
  if (known.outputSchema !== next.outputSchema)
    disagree("output_schema", known.outputSchema || "(none)", next.outputSchema || "(none)");
}
