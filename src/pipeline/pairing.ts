/**
 * Whether a broker and a storage belong together. The broker is tied to the first storage that it
 * serves, and the storage to its broker; a broker that can't be shared is locked to one server by a
 * document that this server keeps alive.
 */
import type { Logger } from "pino";
import type { Broker } from "../broker/broker.ts";
import { QTasksError } from "../core/errors.ts";
import { nonce } from "../core/ids.ts";
import type { Document, Storage } from "../storage/storage.ts";

const KIND = "pairing";
const KEY = "broker";
/** A server that died frees an exclusive pair after this long, in ms. */
const LOCK_TTL_MS = 15_000;

/** What the document says: the broker, and the server that has it for itself, if it is not shared. */
interface Binding {
  readonly brokerId: string;
  readonly owner: string;
}

export class Pairing {
  readonly #storage: Storage;
  readonly #broker: Broker;
  readonly #logger: Logger;
  readonly #owner = nonce();
  #renewal: NodeJS.Timeout | undefined;

  constructor(storage: Storage, broker: Broker, logger: Logger) {
    this.#storage = storage;
    this.#broker = broker;
    this.#logger = logger;
  }

  /** Ties the two, or rejects with BACKEND_MISMATCH saying why they can't work together. */
  async start(): Promise<void> {
    const { keyspaceId } = await this.#broker.bind({ keyspaceId: this.#storage.keyspaceId });
    if (keyspaceId !== this.#storage.keyspaceId)
      throw mismatch(
        "the broker serves another storage: give each storage a broker of its own, or point both options at the pair that belongs together",
      );
    await this.#bindStorage();
    if (this.#exclusive) this.#keepLocked();
  }

  async stop(): Promise<void> {
    clearInterval(this.#renewal);
    if (this.#renewal === undefined) return;
    this.#renewal = undefined;
    await this.#storage.documents
      .remove({ keys: [{ kind: KIND, key: KEY }] })
      .catch((error: unknown) => {
        this.#logger.warn({ err: error }, "the pair stays locked until its lock runs out");
      });
  }

  get #exclusive(): boolean {
    return !this.#broker.capabilities.distributed && this.#storage.capabilities.distributed;
  }

  async #bindStorage(): Promise<void> {
    const [document] = await this.#storage.documents.get({ keys: [{ kind: KIND, key: KEY }] });
    const refusal = this.#refusal(document);
    if (refusal !== undefined) throw mismatch(refusal);
    const verdict = await this.#put(document?.version ?? 0);
    if (verdict.kind === "conflict")
      throw mismatch("another server is binding this storage at this moment: start again");
  }

  #refusal(document: Document | undefined): string | undefined {
    if (document === undefined) return undefined;
    const bound = JSON.parse(Buffer.from(document.value).toString("utf8")) as Binding;
    if (bound.owner !== "" && bound.owner !== this.#owner && this.#storage.capabilities.distributed)
      return "another server runs this storage with a broker of its own that can't be shared: use a redis:// broker for several servers, or stop the other one (a crashed one frees it within 15 s)";
    if (bound.owner === "" && this.#shared && bound.brokerId !== this.#broker.brokerId)
      return "the storage is served by another broker: servers on one storage must share one broker";
    return undefined;
  }

  get #shared(): boolean {
    return this.#broker.capabilities.distributed;
  }

  #put(expectedVersion?: number) {
    const binding: Binding = {
      brokerId: this.#broker.brokerId,
      owner: this.#exclusive ? this.#owner : "",
    };
    return this.#storage.documents
      .put({
        items: [
          {
            kind: KIND,
            key: KEY,
            value: Buffer.from(JSON.stringify(binding)),
            ...(this.#exclusive ? { ttlMs: LOCK_TTL_MS } : {}),
            expectedVersion,
            notify: false,
          },
        ],
      })
      .then((verdicts) => verdicts[0]!);
  }

  #keepLocked(): void {
    this.#renewal = setInterval(() => {
      this.#put().catch((error: unknown) => {
        this.#logger.warn({ err: error }, "the pair's lock could not be renewed");
      });
    }, LOCK_TTL_MS / 3);
    this.#renewal.unref();
  }
}

function mismatch(why: string): QTasksError {
  return new QTasksError("BACKEND_MISMATCH", `broker and storage don't belong together: ${why}`);
}
