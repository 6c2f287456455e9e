/** Queues: their pauses, and how they stand. */
import { create } from "@bufbuild/protobuf";
import {
  QueueSchema,
  WorkerState,
  type Queue,
  type WorkerInfo,
} from "../../gen/qtasksapi/v1/admin_service_pb.ts";
import { toDuration } from "../core/duration.ts";
import { QTasksError } from "../core/errors.ts";
import type { QueueStats, Storage, StorageNotice } from "../storage/storage.ts";
import { repeat } from "./repeat.ts";
import type { Sessions } from "./sessions.ts";

const KIND = "pause";

export class Queues {
  readonly #storage: Storage;
  readonly #sessions: Sessions;
  readonly #paused = new Set<string>();

  constructor(storage: Storage, sessions: Sessions) {
    this.#storage = storage;
    this.#sessions = sessions;
  }

  async start(): Promise<void> {
    await this.#reload();
  }

  isPaused(queue: string): boolean {
    return this.#paused.has(queue);
  }

  /** Keeps the pauses up to date; true where one of them may have ended. */
  async follow(notice: StorageNotice): Promise<boolean> {
    const concerns =
      notice.kind === "gap" || (notice.kind === "document" && notice.documentKind === KIND);
    if (concerns) await this.#reload();
    return concerns;
  }

  async pause(name: string): Promise<Queue> {
    const items = [{ kind: KIND, key: name, value: new Uint8Array() }];
    await repeat(() => this.#storage.documents.put({ items }));
    this.#paused.add(name);
    return this.get(name);
  }

  async resume(name: string): Promise<Queue> {
    await repeat(() => this.#storage.documents.remove({ keys: [{ kind: KIND, key: name }] }));
    this.#paused.delete(name);
    return this.#show(name);
  }

  /** QUEUE_NOT_FOUND where it has no tasks, no worker and no pause. */
  async get(name: string): Promise<Queue> {
    const queue = await this.#show(name);
    const known = queue.paused || queue.states.length > 0 || queue.workerCount > 0;
    if (known) return queue;
    throw new QTasksError(
      "QUEUE_NOT_FOUND",
      `queue ${name} has no tasks, no worker and no pause; \`qtasks queues\` lists those that are known`,
      { metadata: { queue: name } },
    );
  }

  /** All that have tasks, workers or a pause, by name. */
  async list(): Promise<Queue[]> {
    const workers = await this.#workers();
    const stats = await repeat(() => this.#storage.queueStats({ queues: [] }));
    const byName = new Map(stats.map((item) => [item.queue, item]));
    const served = workers.flatMap((worker) => worker.queues);
    const names = new Set([...byName.keys(), ...served, ...this.#paused]);
    return [...names].sort().map((name) => this.#queueOf(name, byName.get(name), workers));
  }

  async #show(name: string): Promise<Queue> {
    const [stats] = await repeat(() => this.#storage.queueStats({ queues: [name] }));
    return this.#queueOf(name, stats, await this.#workers());
  }

  async #workers(): Promise<WorkerInfo[]> {
    return (await this.#sessions.list()).filter((worker) => worker.state !== WorkerState.LOST);
  }

  #queueOf(name: string, stats: QueueStats | undefined, workers: readonly WorkerInfo[]): Queue {
    const serving = workers.filter((worker) => worker.queues.includes(name));
    const served = new Set(serving.flatMap((worker) => worker.names));
    const oldest = stats?.oldestPendingAt ?? 0;
    const ageMs = Math.max(0, this.#storage.now() - oldest);
    return create(QueueSchema, {
      name,
      paused: this.#paused.has(name),
      states: [...(stats?.states ?? [])]
        .filter(([, count]) => count > 0)
        .map(([state, count]) => ({ state, count: BigInt(count) })),
      oldestPendingAge: oldest === 0 ? undefined : toDuration(ageMs),
      workerCount: serving.length,
      freeSlots: serving
        .filter((worker) => worker.state !== WorkerState.DRAINING)
        .reduce((sum, worker) => sum + Math.max(0, worker.slots - worker.usedSlots), 0),
      unservedNames: (stats?.waitingNames ?? []).filter((task) => !served.has(task)),
    });
  }

  async #reload(): Promise<void> {
    const documents = await repeat(() => this.#storage.documents.list({ kind: KIND }));
    this.#paused.clear();
    for (const document of documents) this.#paused.add(document.key);
  }
}
