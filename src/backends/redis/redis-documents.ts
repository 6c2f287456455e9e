/** Documents on Redis: a hash per kind. */
import type {
  Document,
  DocumentKey,
  DocumentPut,
  Documents,
  DocumentVerdict,
} from "../../storage/storage.ts";
import { inBatches } from "./batches.ts";
import type { StorageContext } from "./context.ts";
import type { Reply } from "./redis-connection.ts";
import { asBytes, asList, asRows, asText } from "./replies.ts";

/** Version, updatedAt and expiresAt, 8 bytes each, stand before the value. */
const HEAD_BYTES = 24;

export class RedisDocuments implements Documents {
  readonly #context: StorageContext;

  constructor(context: StorageContext) {
    this.#context = context;
  }

  get(params: {
    readonly keys: readonly DocumentKey[];
  }): Promise<readonly (Document | undefined)[]> {
    const { connection, keys } = this.#context;
    return inBatches(params.keys, async (batch) => {
      const args = batch.flatMap(({ kind, key }) => [kind, key]);
      const [documents] = await connection.run("get-documents", keys.meta, args);
      return asList(documents).map((packed, index) => unpack(batch[index]!, packed));
    });
  }

  async list(params: { readonly kind: string }): Promise<readonly Document[]> {
    const { connection, keys } = this.#context;
    const [documents] = await connection.run("list-documents", keys.meta, [params.kind]);
    return asRows(documents, 2)
      .map(([key, packed]) => unpack({ kind: params.kind, key: asText(key) }, packed)!)
      .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  put(params: { readonly items: readonly DocumentPut[] }): Promise<readonly DocumentVerdict[]> {
    const { connection, keys } = this.#context;
    const run = async (batch: readonly DocumentPut[]): Promise<DocumentVerdict[]> => {
      const args = batch.flatMap(putArguments);
      const [verdicts] = await connection.run("put-documents", keys.meta, [
        keys.documentsChannel,
        ...args,
      ]);
      return asList(verdicts).map((verdict, index) => readVerdict(batch[index]!, verdict));
    };
    return inBatches(params.items, run, ({ value }) => value.length);
  }

  async remove(params: { readonly keys: readonly DocumentKey[] }): Promise<void> {
    const { connection, keys } = this.#context;
    await inBatches(params.keys, (batch) => {
      const args = batch.flatMap(({ kind, key }) => [kind, key]);
      return connection.run("remove-documents", keys.meta, [keys.documentsChannel, ...args]);
    });
  }
}

function putArguments(item: DocumentPut): (string | Buffer)[] {
  const { kind, key, value, ttlMs, expectedVersion, notify = true } = item;
  const optional = (number: number | undefined): string => String(number ?? "");
  const bytes = Buffer.from(value);
  return [kind, key, bytes, optional(ttlMs), optional(expectedVersion), notify ? "1" : "0"];
}

function readVerdict(key: DocumentKey, verdict: Reply): DocumentVerdict {
  const [kind, packed] = asList(verdict);
  const document = unpack(key, packed);
  return kind === 1 ? { kind: "put", document: document! } : { kind: "conflict", document };
}

function unpack({ kind, key }: DocumentKey, packed: Reply | undefined): Document | undefined {
  if (packed === null) return undefined;
  const bytes = asBytes(packed);
  return {
    kind,
    key,
    version: bytes.readDoubleLE(0),
    updatedAt: bytes.readDoubleLE(8),
    expiresAt: bytes.readDoubleLE(16),
    value: bytes.subarray(HEAD_BYTES),
  };
}
