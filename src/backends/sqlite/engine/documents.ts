import type * as contract from "../../../storage/storage.ts";
import type { Statements } from "../statements.ts";
import type { StorageCalls } from "./storage-calls.ts";

type Stored = [
  kind: string,
  key: string,
  version: number,
  updatedAt: number,
  expiresAt: number,
  value: Uint8Array,
];

const COLUMNS = "kind, key, version, updated_at, expires_at, value";

/** Small versioned values. One that has expired is not there, and is deleted by the next put or remove. */
export class DocumentTable {
  readonly #get;
  readonly #list;
  readonly #put;
  readonly #remove;
  readonly #expire;

  constructor(statements: Statements) {
    const live = "(expires_at = 0 OR expires_at > ?)";
    this.#get = statements.query<Stored>(
      `SELECT ${COLUMNS} FROM document WHERE kind = ? AND key = ? AND ${live}`,
    );
    this.#list = statements.query<Stored>(
      `SELECT ${COLUMNS} FROM document WHERE kind = ? AND ${live} ORDER BY key`,
    );
    this.#put = statements.command(
      `INSERT OR REPLACE INTO document (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`,
    );
    this.#remove = statements.command("DELETE FROM document WHERE kind = ? AND key = ?");
    this.#expire = statements.command(
      "DELETE FROM document WHERE expires_at > 0 AND expires_at <= ?",
    );
  }

  get(
    params: StorageCalls["getDocuments"]["params"],
    now: number,
  ): (contract.Document | undefined)[] {
    return params.keys.map((key) => this.#read(key, now));
  }

  list({ kind }: { readonly kind: string }, now: number): contract.Document[] {
    return this.#list.all(kind, now).map(toDocument);
  }

  put(params: StorageCalls["putDocuments"]["params"], now: number): contract.DocumentVerdict[] {
    this.#expire.run(now);
    return params.items.map((item) => this.#putOne(item, now));
  }

  remove(params: StorageCalls["removeDocuments"]["params"], now: number): contract.DocumentKey[] {
    this.#expire.run(now);
    return params.keys.filter(({ kind, key }) => this.#remove.run(kind, key) > 0);
  }

  #putOne(item: contract.DocumentPut, now: number): contract.DocumentVerdict {
    const stored = this.#read(item, now);
    const version = stored?.version ?? 0;
    if (item.expectedVersion !== undefined && item.expectedVersion !== version)
      return isRepeat(item, stored)
        ? { kind: "put", document: stored }
        : { kind: "conflict", document: stored };
    const { kind, key, value, ttlMs } = item;
    const expiresAt = ttlMs === undefined ? 0 : now + ttlMs;
    const document = { kind, key, value, version: version + 1, updatedAt: now, expiresAt };
    this.#put.run(kind, key, document.version, now, expiresAt, value);
    return { kind: "put", document };
  }

  #read({ kind, key }: contract.DocumentKey, now: number): contract.Document | undefined {
    const stored = this.#get.get(kind, key, now);
    return stored === undefined ? undefined : toDocument(stored);
  }
}

function toDocument([kind, key, version, updatedAt, expiresAt, value]: Stored): contract.Document {
  return { kind, key, version, updatedAt, expiresAt, value };
}

/** This very put was made already. */
function isRepeat(
  item: contract.DocumentPut,
  stored: contract.Document | undefined,
): stored is contract.Document {
  return (
    stored !== undefined &&
    stored.version === (item.expectedVersion ?? 0) + 1 &&
    Buffer.compare(stored.value, item.value) === 0
  );
}
