/**
 * Sessions of workers. The document is what all servers share; what changes with every call (last seen,
 * free slots) is kept here and written a few times per TTL, in one batch for all sessions.
 */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  WorkerInfoSchema,
  WorkerState,
  type WorkerInfo,
} from "../../gen/qtasksapi/v1/admin_service_pb.ts";
import type { RegisterWorkerRequest } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { timestampMs, toTimestamp } from "../core/duration.ts";
import { QTasksError } from "../core/errors.ts";
import type { Timings } from "../core/limits.ts";
import { DEFAULT_QUEUE } from "../core/spec.ts";
import type { Document, Storage, StorageNotice } from "../storage/storage.ts";
import { repeat } from "./repeat.ts";
import { Session } from "./session.ts";

const KIND = "session";
const DRAIN_KIND = "drain";
/** A worker that is gone is shown as LOST for this long, in ms. */
const SHOWN_LOST_MS = 600_000;

export interface OfferParams {
  readonly sessionId: string;
  readonly name: string;
  readonly isOffered: boolean;
}

export class Sessions {
  readonly #storage: Storage;
  readonly #timings: Timings;
  readonly #sessions = new Map<string, Session>();
  readonly #seen = new Set<Session>();

  constructor(storage: Storage, timings: Timings) {
    this.#storage = storage;
    this.#timings = timings;
  }

  /** Opens or renews a session; a renewed one keeps when it began, its turn, and an operator's word. */
  async register(request: RegisterWorkerRequest, local: boolean): Promise<Session> {
    const now = this.#storage.now();
    const names = request.definitions.map((definition) => definition.name);
    const own = request.definitions.map((definition) => definition.options?.queue || DEFAULT_QUEUE);
    const known = this.#sessions.get(request.sessionId) ?? (await this.#adopt(request.sessionId));
    const info = create(WorkerInfoSchema, {
      sessionId: request.sessionId,
      workerId: request.workerId,
      state: WorkerState.ACTIVE,
      names,
      queues: [...new Set(request.queues.length > 0 ? request.queues : own)],
      slots: request.slots,
      registerTime: known?.info.registerTime ?? toTimestamp(now),
      runtime: request.runtime,
      buildId: request.buildId,
      labels: request.labels,
    });
    const session = new Session(info, now, local);
    session.lastQueue = known?.lastQueue ?? "";
    if (known?.drainReason !== undefined) session.askToDrain(known.drainReason);
    this.#sessions.set(session.id, session);
    await this.#write([session], true);
    return session;
  }

  /** The session of a call, which counts as a sign of life; undefined where it is over. */
  async touch(sessionId: string): Promise<Session | undefined> {
    const session = this.#sessions.get(sessionId) ?? (await this.#adopt(sessionId));
    if (session !== undefined) this.#see(session);
    return session;
  }

  /** A call that needs no session is a sign of life too, where the session is known here. */
  note(sessionId: string): void {
    const session = this.#sessions.get(sessionId);
    if (session !== undefined) this.#see(session);
  }

  /** Offers the session a name no more, or again. */
  async offer({ sessionId, name, isOffered }: OfferParams): Promise<void> {
    const session = this.#sessions.get(sessionId) ?? (await this.#adopt(sessionId));
    if (session === undefined) return;
    const others = session.info.names.filter((each) => each !== name);
    session.info.names = isOffered ? [...others, name] : others;
    // Also where it is known here: the server that it polls may have missed it.
    await this.#write([session], true);
  }

  /** How many other workers list the name, and take tasks. */
  async othersWith(sessionId: string, name: string): Promise<number> {
    const workers = await this.list();
    return workers.filter(
      (worker) =>
        worker.sessionId !== sessionId &&
        worker.state !== WorkerState.LOST &&
        worker.state !== WorkerState.DRAINING &&
        worker.names.includes(name),
    ).length;
  }

  async end(sessionId: string): Promise<void> {
    this.#sessions.delete(sessionId);
    const keys = [
      { kind: KIND, key: sessionId },
      { kind: DRAIN_KIND, key: sessionId },
    ];
    await repeat(() => this.#storage.documents.remove({ keys }));
  }

  /** Sessions that are alive, of those asked for. */
  async alive(sessionIds: readonly string[]): Promise<ReadonlySet<string>> {
    const now = this.#storage.now();
    const alive = new Set<string>();
    const unknown: string[] = [];
    for (const id of new Set(sessionIds)) {
      const session = this.#sessions.get(id);
      if (session !== undefined && this.#isAlive(session.lastSeenAt, now)) alive.add(id);
      else unknown.push(id);
    }
    if (unknown.length === 0) return alive;
    const keys = unknown.map((key) => ({ kind: KIND, key }));
    for (const document of await repeat(() => this.#storage.documents.get({ keys })))
      if (document !== undefined && this.#isAlive(lastSeenOf(document), now))
        alive.add(document.key);
    return alive;
  }

  /** Every worker, also those lost a short while ago, by worker id. */
  async list(): Promise<WorkerInfo[]> {
    const now = this.#storage.now();
    const [documents, drains] = await Promise.all(
      [KIND, DRAIN_KIND].map((kind) => repeat(() => this.#storage.documents.list({ kind }))),
    );
    const draining = new Set(drains!.map((drain) => drain.key));
    return documents!
      .map((document) => {
        const own = this.#sessions.get(document.key);
        // A worker that went to another server is seen there.
        const isOurs = own !== undefined && own.lastSeenAt >= lastSeenOf(document);
        const info = isOurs ? own.snapshot() : decode(document);
        if (draining.has(info.sessionId)) info.state = WorkerState.DRAINING;
        return this.#show(info, now);
      })
      .sort((a, b) => (a.workerId < b.workerId ? -1 : a.workerId > b.workerId ? 1 : 0));
  }

  /** Asks a worker to drain, through whichever server it polls. */
  async drain(sessionId: string, reason: string): Promise<WorkerInfo> {
    const info = (await this.list()).find((candidate) => candidate.sessionId === sessionId);
    if (info === undefined) throw sessionNotFound(sessionId);
    const item = {
      kind: DRAIN_KIND,
      key: sessionId,
      value: Buffer.from(reason || "an operator asked for it"),
      ttlMs: SHOWN_LOST_MS,
    };
    await repeat(() => this.#storage.documents.put({ items: [item] }));
    info.state = WorkerState.DRAINING;
    return info;
  }

  /** The session that a notice asks to drain, or whose names or queues another server changed, if it polls this server. */
  async follow(notice: StorageNotice): Promise<Session | undefined> {
    if (notice.kind !== "document") return undefined;
    const session = this.#sessions.get(notice.key);
    if (session === undefined) return undefined;
    if (notice.documentKind === KIND) return (await this.#readWork(session)) ? session : undefined;
    if (notice.documentKind !== DRAIN_KIND) return undefined;
    await this.#readDrain(session);
    return session;
  }

  /** Writes the signs of life since the last time, and forgets sessions that are over: their ids. */
  async flush(): Promise<readonly string[]> {
    const now = this.#storage.now();
    const over = [...this.#sessions.values()]
      .filter((session) => !this.#isAlive(session.lastSeenAt, now))
      .map((session) => session.id);
    for (const id of over) this.#sessions.delete(id);
    const seen = [...this.#seen].filter((session) => this.#sessions.get(session.id) === session);
    this.#seen.clear();
    if (seen.length > 0) await this.#write(seen, false);
    return over;
  }

  #see(session: Session): void {
    session.lastSeenAt = this.#storage.now();
    this.#seen.add(session);
  }

  /** A worker may come to this server with a session that another one opened. */
  async #adopt(sessionId: string): Promise<Session | undefined> {
    const now = this.#storage.now();
    const keys = [{ kind: KIND, key: sessionId }];
    const [document] = await repeat(() => this.#storage.documents.get({ keys }));
    if (document === undefined || !this.#isAlive(lastSeenOf(document), now)) return undefined;
    const session = new Session(decode(document), now, false);
    await this.#readDrain(session);
    this.#sessions.set(sessionId, session);
    return session;
  }

  async #readDrain(session: Session): Promise<void> {
    const keys = [{ kind: DRAIN_KIND, key: session.id }];
    const [document] = await repeat(() => this.#storage.documents.get({ keys }));
    if (document === undefined) return;
    session.askToDrain(Buffer.from(document.value).toString("utf8"));
  }

  /** What it takes, by names and queues; true where that is other than what is known here. */
  async #readWork({ id, info }: Session): Promise<boolean> {
    const [document] = await repeat(() =>
      this.#storage.documents.get({ keys: [{ kind: KIND, key: id }] }),
    );
    if (document === undefined) return false;
    const { names, queues } = decode(document);
    const isSame = isEqual(names, info.names) && isEqual(queues, info.queues);
    info.names = names;
    info.queues = queues;
    return !isSame;
  }

  async #write(sessions: readonly Session[], notify: boolean): Promise<void> {
    await repeat(() =>
      this.#storage.documents.put({
        items: sessions.map((session) => ({
          kind: KIND,
          key: session.id,
          value: toBinary(WorkerInfoSchema, session.snapshot()),
          ttlMs: this.#timings.sessionTtlMs + SHOWN_LOST_MS,
          notify,
        })),
      }),
    );
  }

  #isAlive(lastSeenAt: number, now: number): boolean {
    return lastSeenAt + this.#timings.sessionTtlMs > now;
  }

  #show(info: WorkerInfo, now: number): WorkerInfo {
    const seenAt = info.lastSeenTime === undefined ? 0 : timestampMs(info.lastSeenTime);
    const pollAt = info.lastPollTime === undefined ? 0 : timestampMs(info.lastPollTime);
    if (!this.#isAlive(seenAt, now)) info.state = WorkerState.LOST;
    else if (info.state === WorkerState.ACTIVE && info.usedSlots < info.slots)
      info.state = this.#isAlive(pollAt, now) ? WorkerState.ACTIVE : WorkerState.NOT_POLLING;
    return info;
  }
}

function decode(document: Document): WorkerInfo {
  return fromBinary(WorkerInfoSchema, document.value);
}

function isEqual(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((text, at) => text === others[at]);
}

function lastSeenOf(document: Document): number {
  const { lastSeenTime } = decode(document);
  return lastSeenTime === undefined ? 0 : timestampMs(lastSeenTime);
}

function sessionNotFound(sessionId: string): QTasksError {
  return new QTasksError(
    "SESSION_NOT_FOUND",
    `no session ${sessionId} is open: register the worker again`,
    { metadata: { session_id: sessionId } },
  );
}
