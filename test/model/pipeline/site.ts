/** The model of a pipeline: its servers, what the callers were told, and what the datastore saw. */
import assert from "node:assert/strict";
import { create } from "@bufbuild/protobuf";
import {
  DirectiveKind,
  type LeasedTask,
  TaskDefinitionSchema,
} from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import { toDuration } from "../../../src/core/duration.ts";
import { QTasksError, type Reason } from "../../../src/core/errors.ts";
import { FaultPlan } from "./fault-plan.ts";
import type { MovedClock } from "./moved-clock.ts";
import type { Place } from "./places.ts";
import { Server } from "./server.ts";
import { Truth } from "./truth.ts";

export const NAMES = ["m.x", "m.y"] as const;
export const QUEUES = ["qa", "qb"] as const;
export const SESSIONS = ["session-0", "session-1", "session-2"] as const;

/** What callers may be told by a server that is well. */
const REFUSALS: ReadonlySet<Reason> = new Set<Reason>([
  "TASK_NOT_FOUND",
  "TASK_NOT_TERMINAL",
  "TASK_ALREADY_STARTED",
  "TASK_ID_EXISTS",
  "UNIQUE_KEY_HELD",
  "QUEUE_NOT_FOUND",
  "CALL_CANCELED",
]);
/** Longer than the tie of a pair that a killed server has left. */
const TIE_MS = 16_000;

export class Site {
  readonly clock: MovedClock;
  readonly place: Place;
  readonly truth = new Truth();
  readonly faults = new FaultPlan();
  /** Tasks that a server said it has. */
  readonly acknowledged = new Set<string>();
  /** Leases that workers got, in order. */
  readonly leases: LeasedTask[] = [];
  /** Leases whose outcome was answered as recorded, by token, with the kind that was reported. */
  readonly recorded: { readonly lease: LeasedTask; readonly kind: string }[] = [];
  /** A task was deleted: what its id left in a broker may keep a new task of it waiting. */
  hasDeleted = false;
  #servers: Server[] = [];

  constructor(place: Place, clock: MovedClock) {
    this.place = place;
    this.clock = clock;
  }

  async start(): Promise<void> {
    const count = this.#isShared ? 2 : 1;
    for (let opened = 0; opened < count; opened++) this.#servers.push(await this.#open());
  }

  async close(): Promise<void> {
    this.faults.disarm();
    await Promise.all(this.#servers.map((server) => server.bury()));
    this.place.storage.close();
    this.place.broker?.close();
  }

  server(via: number): Server {
    return this.#servers[via % this.#servers.length]!;
  }

  /**
   * What the server answers; undefined where it refuses, or was killed: then it is open what it did. Any other error
   * is one too many.
   */
  async ask<Answer>(
    via: number,
    call: (server: Server) => Promise<Answer>,
  ): Promise<Answer | undefined> {
    const server = this.server(via);
    try {
      return await call(server);
    } catch (error) {
      if (server.isKilled) return undefined;
      if (error instanceof QTasksError && REFUSALS.has(error.reason)) return undefined;
      throw error;
    }
  }

  /** Tasks for a worker, registered anew where its session is over. */
  async poll(via: number, worker: number, maxTasks: number, waitMs: number, signal?: AbortSignal) {
    const sessionId = SESSIONS[worker]!;
    return this.ask(via, async (server) => {
      const request = { sessionId, maxTasks, wait: toDuration(waitMs) };
      let answer = await server.workers.pollTasks(request, { signal });
      const isOver = answer.directives.some(({ kind }) => kind === DirectiveKind.REGISTER);
      if (isOver) {
        await server.workers.registerWorker({
          sessionId,
          workerId: `worker-${worker}`,
          slots: 10,
          queues: [...QUEUES],
          definitions: NAMES.map((name) => ({ name })),
        });
        answer = await server.workers.pollTasks(request, { signal });
      }
      for (const lease of answer.tasks) this.#leased(lease);
      return answer;
    });
  }

  get isJoint(): boolean {
    return this.place.broker === undefined;
  }

  /** Tasks that may be handed out now, save those of paused queues. */
  async offered(): Promise<readonly string[]> {
    const startable = this.truth.startable(this.clock.now());
    if (startable.length === 0) return [];
    const pauses = await this.ask(0, ({ pipeline }) =>
      pipeline.storage.documents.list({ kind: "pause" }),
    );
    const paused = new Set(pauses?.map(({ key }) => key) ?? QUEUES);
    return startable.filter(({ queue }) => !paused.has(queue)).map(({ id }) => id);
  }

  /** Moves the time, and lets the servers look after what it brings. */
  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    await Promise.all(this.#servers.map((server) => server.swept()));
  }

  /** Opens a server for each that was killed, on what it has left. */
  async mend(): Promise<void> {
    for (const [at, server] of this.#servers.entries()) {
      if (!server.isKilled) continue;
      await this.#bury(server);
      this.#servers[at] = await this.#open();
    }
  }

  /** Stops a server in order, unless it is killed meanwhile, and opens another. */
  async restart(via: number): Promise<void> {
    const at = via % this.#servers.length;
    const server = this.#servers[at]!;
    await server.pipeline.stop();
    await (server.isKilled ? this.#bury(server) : server.bury());
    this.#servers[at] = await this.#open();
  }

  get #isShared(): boolean {
    const { storage, broker } = this.place;
    return storage.isShared && (broker === undefined || broker.isShared);
  }

  async #bury(server: Server): Promise<void> {
    await server.bury();
    this.place.storage.killed();
    this.place.broker?.killed();
  }

  /** A server that runs: others before it may be killed, or refused, while they start. */
  async #open(): Promise<Server> {
    for (;;) {
      const server = new Server(this);
      try {
        await server.pipeline.start();
        const definitions = NAMES.map((name) => create(TaskDefinitionSchema, { name }));
        await server.pipeline.definitions.apply(definitions);
        return server;
      } catch (error) {
        if (!server.isKilled) this.#checkRefusal(error);
        await this.#bury(server);
      }
    }
  }

  /** A server may find the pair tied by one that was killed, or its datastore out of reach. */
  #checkRefusal(error: unknown): void {
    if (!(error instanceof QTasksError)) throw error;
    if (error.reason === "BACKEND_MISMATCH") this.clock.advance(TIE_MS);
    else if (error.code !== "UNAVAILABLE") throw error;
  }

  #leased(lease: LeasedTask): void {
    const { taskId, attempt } = lease;
    const twin = this.leases.find(
      (other) => Buffer.compare(other.leaseToken, lease.leaseToken) === 0,
    );
    assert.equal(twin, undefined, `attempt ${attempt} of ${taskId} was handed out twice`);
    this.leases.push(lease);
  }
}
