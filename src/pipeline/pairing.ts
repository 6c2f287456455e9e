/**
 * Whether a broker and a storage belong together. The broker is tied to the first storage that it serves. A
 * shared storage is tied to the broker of the servers that run, by a document that they keep alive; where the
 * broker can't be shared, the document is one server's.
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
  "another server runs this storage with a broker of its own that can't be shared: use a redis:// broker for several servers, or stop the other one (a crashed one frees it after a moment, by default 15 s)";
const OTHER_BROKER =
  "the storage is served by another broker: servers on one storage must share one broker (once the last of them is gone, another broker may take over after a moment, by default 15 s)";
const AT_THIS_MOMENT = "other servers are binding this storage at this moment: start again";
/** Servers that write the document at once get in each other's way; one of them comes through each time. */
const MAX_TRIES = 20;

/** What the document says: the broker, and the server that has it for itself, if it is not shared. */
interface Binding {
  readonly brokerId: string;
  readonly owner: string;
}

export class Pairing {
  readonly #storage: Storage;
  readonly #broker: Broker;
  readonly #logger: Logger;
  /** Servers that died free the storage after this long, in ms. */
  readonly #ttlMs: number;
  readonly #owner = nonce();
  #renewal: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | undefined;
  /** Why the two don't belong together any more. */
  #lost: string | undefined;

  constructor(storage: Storage, broker: Broker, ttlMs: number, logger: Logger) {
    this.#storage = storage;
    this.#broker = broker;
    this.#ttlMs = ttlMs;
    this.#logger = logger;
  }

  /** Ties the two, or rejects with BACKEND_MISMATCH saying why they can't work together. */
  async start(): Promise<void> {
    const refusal = await this.#tie();
    if (refusal !== undefined) throw mismatch(refusal);
    this.#lost = undefined;
    const isShared =
      this.#storage.capabilities.distributed || this.#broker.capabilities.distributed;
    if (isShared && this.#renewal === undefined) this.#keepTied();
  }

  /** Frees a storage that this server had for itself. One that others may use is free when the tie runs out. */
  async stop(): Promise<void> {
    if (this.#renewal === undefined) return;
    clearInterval(this.#renewal);
    this.#renewal = undefined;
    // One that is under way would tie again what is released here.
    await this.#renewing;
    if (!this.#isExclusive || this.#lost !== undefined) return;
    await this.#release().catch((error: unknown) => {
      this.#logger.warn({ err: error }, "the pair stays locked until its lock runs out");
    });
  }

  /** Throws BACKEND_MISMATCH where another server has taken the pair over. */
  check(): void {
    if (this.#lost !== undefined) throw mismatch(this.#lost);
  }

  /** Only this server can use the broker, though others can use the storage. */
  get #isExclusive(): boolean {
    return !this.#broker.capabilities.distributed && this.#storage.capabilities.distributed;
  }

  /** Ties both ends, unless one is tied already: why, then. */
  async #tie(): Promise<string | undefined> {
    const { keyspaceId } = await this.#broker.bind({ keyspaceId: this.#storage.keyspaceId });
    if (keyspaceId !== this.#storage.keyspaceId) return OTHER_STORAGE;
    // A storage that only one server can open is no other's, whatever it was paired with before.
    return this.#storage.capabilities.distributed ? this.#tieStorage() : undefined;
  }

  async #tieStorage(): Promise<string | undefined> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const [document] = await this.#storage.documents.get({ keys: [{ kind: KIND, key: KEY }] });
      const refusal = document && this.#refusal(document);
      if (refusal !== undefined) return refusal;
      const verdict = await this.#put(document?.version ?? 0);
      if (verdict.kind === "put") return undefined;
    }
    return AT_THIS_MOMENT;
  }

  #refusal(document: Document): string | undefined {
    const bound = JSON.parse(Buffer.from(document.value).toString("utf8")) as Binding;
    if (bound.owner !== "" && bound.owner !== this.#owner) return OTHER_SERVER;
    return bound.brokerId === this.#broker.brokerId ? undefined : OTHER_BROKER;
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
      ttlMs: this.#ttlMs,
      expectedVersion,
      notify: false,
    };
    const [verdict] = await this.#storage.documents.put({ items: [item] });
    return verdict!;
  }

  /** Tied anew just before, so that what is removed is this server's. */
  async #release(): Promise<void> {
    if ((await this.#tieStorage()) !== undefined) return;
    await this.#storage.documents.remove({ keys: [{ kind: KIND, key: KEY }] });
  }

  #keepTied(): void {
    const warn = (error: unknown): void =>
      this.#logger.warn({ err: error }, "the pair could not be tied anew");
    const renew = (): void => void (this.#renewing = this.#renew().catch(warn));
    this.#renewal = setInterval(renew, this.#ttlMs / 3);
    this.#renewal.unref();
  }

  /** A tie that ran out while this server stood still may be another's by now. */
  async #renew(): Promise<void> {
    const refusal = await this.#tie();
    if (refusal === undefined || refusal === AT_THIS_MOMENT) return;
    this.#lost = refusal;
    clearInterval(this.#renewal);
    this.#logger.error({ refusal }, "another server has taken this pair over: stop this one");
  }
}

function mismatch(why: string): QTasksError {
  return new QTasksError("BACKEND_MISMATCH", `broker and storage don't belong together: ${why}`);
}
