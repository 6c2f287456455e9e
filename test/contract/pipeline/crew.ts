/** Workers that run until they are told to stop, and a count of what they executed. */
import assert from "node:assert/strict";
import { TaskState, type Task } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { LeasedTask } from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { Server } from "./server.ts";
import { failure, success, Worker } from "./worker.ts";

const SLOTS = 4;
const POLL_MS = 200;

/** Whether an attempt succeeds; by default each does. */
export type Handler = (lease: LeasedTask) => boolean;

export class Crew {
  /** Executions of each task: the numbers of their attempts, in order. */
  readonly #executed = new Map<string, number[]>();
  readonly #handler: Handler;
  readonly #running: Promise<void>[] = [];
  #isStopped = false;

  constructor(handler: Handler = () => true) {
    this.#handler = handler;
  }

  /** A worker at the server, until {@link stop} or the server's end. */
  work(server: Server): void {
    this.#running.push(this.#work(server));
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#running);
  }

  /** The task succeeded, no attempt of it ran twice, and the last one is the one that counts. */
  assertSucceeded({ taskId, state, attempts }: Task): void {
    assert.equal(state, TaskState.SUCCEEDED);
    const executed = this.#executed.get(taskId) ?? [];
    assert.deepEqual(executed, [...new Set(executed)], "an attempt ran twice");
    assert.equal(executed.at(-1), attempts.at(-1)!.number);
  }

  async #work(server: Server): Promise<void> {
    let worker: Worker | undefined;
    while (!this.#isStopped && !server.life.isOver) {
      try {
        worker ??= await Worker.open(server);
        const leases = await worker.poll(SLOTS, POLL_MS);
        for (const lease of leases) await this.#execute(worker, lease);
      } catch (error) {
        // Of a server that is out of order, as scenarios ask for; what is lost shows in the end.
        if (error instanceof assert.AssertionError) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  async #execute(worker: Worker, lease: LeasedTask): Promise<void> {
    this.#executed.set(lease.taskId, [...(this.#executed.get(lease.taskId) ?? []), lease.attempt]);
    await worker.report(lease, this.#handler(lease) ? success() : failure());
  }
}
