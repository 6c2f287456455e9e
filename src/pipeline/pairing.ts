/**
 * Whether a broker and a storage belong together. The broker is tied to the first storage that it
 * serves, and a shared storage to its broker; a broker that can't be shared is locked to one server by a
 * document that this server keeps alive.
 */
import type { Logger } from "pino";
import type { Broker } from "../broker/broker.ts";
import { QTasksError } from "../core/errors.ts";
import { nonce } from "../core/ids.ts";
import type { Document, DocumentVerdict, Storage } from "../storage/storage.ts";

const KIND = "pairing";
const KEY = "broker";

const OTHER_STORAGE =
  "the broker serves another storage: give each storage a broker of its own, or point both options at the pair that belongs together";
const OTHER_SERVER =
  "another server runs this storage with a broker of its own that can't be shared: use a redis:// broker for several servers, or stop the other one (a crashed one frees it within 15 s)";
const OTHER_BROKER =
  "the storage is served by another broker: servers on one storage must share one broker";
const AT_THIS_MOMENT = "another server is binding this storage at this moment: start again";

/** What the document says: the broker, and the server that has it for itself, if it is not shared. */
interface Binding {
  readonly brokerId: string;
  readonly owner: string;
}

export class Pairing {
  readonly #storage: Storage;
  readonly #broker: Broker;
  readonly #logger: Logger;
  /** A server that died frees an exclusive pair after this long, in ms. */
  readonly #ttlMs: number;
  readonly #owner = nonce();
  #renewal: NodeJS.Timeout | undefined;
  #lost = false;

  constructor(storage: Storage, broker: Broker, ttlMs: number, logger: Logger) {
    this.#storage = storage;
    this.#broker = broker;
    this.#ttlMs = ttlMs;
    this.#logger = logger;
  }

  /** Ties the two, or rejects with BACKEND_MISMATCH saying why they can't work together. */
  async start(): Promise<void> {
    const { keyspaceId } = await this.#broker.bind({ keyspaceId: this.#storage.keyspaceId });
    if (keyspaceId !== this.#storage.keyspaceId) throw mismatch(OTHER_STORAGE);
    const refusal = await this.#tie();
    if (refusal !== undefined) throw mismatch(refusal);
    this.#lost = false;
    if (this.#isExclusive) this.#keepLocked();
  }

  async stop(): Promise<void> {
    clearInterval(this.#renewal);
    if (this.#renewal === undefined || this.#lost) return;
    this.#renewal = undefined;
    await this.#storage.documents
      .remove({ keys: [{ kind: KIND, key: KEY }] })
      .catch((error: unknown) => {
        this.#logger.warn({ err: error }, "the pair stays locked until its lock runs out");
      });
  }

  /** Throws BACKEND_MISMATCH where another server has taken the pair over. */
  check(): void {
    if (this.#lost) throw mismatch(OTHER_SERVER);
  }

  /** Only this server can use the broker, though others can use the storage. */
  get #isExclusive(): boolean {
    return !this.#broker.capabilities.distributed && this.#storage.capabilities.distributed;
  }

  #refusal(document: Document | undefined): string | undefined {
    // A storage that only one server can open is no other's, whatever it was paired with before.
    if (document === undefined || !this.#storage.capabilities.distributed) return undefined;
    const bound = JSON.parse(Buffer.from(document.value).toString("utf8")) as Binding;
    if (bound.owner !== "" && bound.owner !== this.#owner) return OTHER_SERVER;
    return bound.brokerId === this.#broker.brokerId ? undefined : OTHER_BROKER;
  }

  /** Writes the document, unless it says that the storage is tied already: why, then. */
  async #tie(): Promise<string | undefined> {
    const [document] = await this.#storage.documents.get({ keys: [{ kind: KIND, key: KEY }] });
    const refusal = this.#refusal(document);
    if (refusal !== undefined) return refusal;
    const verdict = await this.#put(document?.version ?? 0);
    return verdict.kind === "conflict" ? AT_THIS_MOMENT : undefined;
  }

  async #put(expectedVersion: number): Promise<DocumentVerdict> {
    const binding: Binding = {
      brokerId: this.#broker.brokerId,
      owner: this.#isExclusive ? this.#owner : "",
    };
    const item = {
      kind: KIND,
      key: KEY,
      value: Buffer.from(JSON.stringify(binding)),
      expectedVersion,
      notify: false,
    };
    const ttl = this.#isExclusive ? { ttlMs: this.#ttlMs } : {};
    const [verdict] = await this.#storage.documents.put({ items: [{ ...item, ...ttl }] });
    return verdict!;
  }

  #keepLocked(): void {
    const warn = (error: unknown): void =>
      this.#logger.warn({ err: error }, "the pair's lock could not be renewed");
    this.#renewal = setInterval(() => void this.#renew().catch(warn), this.#ttlMs / 3);
    this.#renewal.unref();
  }

  /** A lock that ran out while this server stood still may be another's by now. */
  async #renew(): Promise<void> {
    const refusal = await this.#tie();
    if (refusal === undefined) return;
    this.#lost = true;
    clearInterval(this.#renewal);
    this.#logger.error({ refusal }, "another server has taken this storage over: stop this one");
  }
}

function mismatch(why: string): QTasksError {
  return new QTasksError("BACKEND_MISMATCH", `broker and storage don't belong together: ${why}`);
}
