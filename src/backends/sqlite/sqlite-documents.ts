import type {
  Document,
  DocumentKey,
  DocumentPut,
  Documents,
  DocumentVerdict,
} from "../../storage/storage.ts";
import type { StorageCalls, StorageFacts } from "./engine/storage-calls.ts";
import type { EngineThread } from "./thread/engine-thread.ts";

/** The documents of a storage's file. */
export class SqliteDocuments implements Documents {
  readonly #thread: EngineThread<StorageCalls, StorageFacts>;
  readonly #onChange: (key: DocumentKey) => void;

  /** `onChange` hears of every document that others should read again, in the order of the writes. */
  constructor(
    thread: EngineThread<StorageCalls, StorageFacts>,
    onChange: (key: DocumentKey) => void,
  ) {
    this.#thread = thread;
    this.#onChange = onChange;
  }

  get(params: {
    readonly keys: readonly DocumentKey[];
  }): Promise<readonly (Document | undefined)[]> {
    return this.#thread.call("getDocuments", { keys: params.keys.map(keyOf) });
  }

  list(params: { readonly kind: string }): Promise<readonly Document[]> {
    return this.#thread.call("listDocuments", { kind: params.kind });
  }

  put(params: { readonly items: readonly DocumentPut[] }): Promise<readonly DocumentVerdict[]> {
    return this.#thread.call("putDocuments", { items: params.items.map(copyOf) }, (verdicts) =>
      verdicts.forEach(({ kind }, at) => {
        const item = params.items[at]!;
        if (kind === "put" && item.notify !== false) this.#onChange(item);
      }),
    );
  }

  async remove(params: { readonly keys: readonly DocumentKey[] }): Promise<void> {
    await this.#thread.call("removeDocuments", { keys: params.keys.map(keyOf) }, (removed) =>
      removed.forEach(this.#onChange),
    );
  }
}

function keyOf({ kind, key }: DocumentKey): DocumentKey {
  return { kind, key };
}

/** Only its own bytes: a view would take the whole buffer behind it along. */
function copyOf(item: DocumentPut): DocumentPut {
  return { ...item, value: Uint8Array.from(item.value) };
}
