/** Runs: an enqueue and the wait for its result, both within one time. */
import type { Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { EnqueueTaskRequest } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { bounded, type ServerSeen } from "../core/bounded.ts";
import { checkWait } from "../core/check-wait.ts";
import type { Coalescer } from "../core/coalescer.ts";
import type { EnqueueHook } from "../core/enqueue-hook.ts";
import { enqueueRequest } from "../core/enqueue-request.ts";
import { QTasksError } from "../core/errors.ts";
import { checkOptions } from "../core/known-options.ts";
import type { Enqueued } from "./enqueuer.ts";
import { resultOf } from "./handle.ts";
import { KNOWN } from "./known-options.ts";
import type { LoneRunner } from "./lone-run.ts";
import type { RunOptions } from "./requests.ts";
import type { TaskActions } from "./task-actions.ts";
import { stillRunning } from "./wait.ts";

/** How long the answer to a run's own wait may take beyond it, in ms. */
const ANSWER_MS = 1_000;

/** By what a client runs tasks. */
export interface RunsParts {
  readonly enqueuer: Coalescer<EnqueueTaskRequest, Enqueued>;
  readonly loneRunner: LoneRunner;
  readonly actions: Pick<TaskActions, "await">;
  readonly hook: EnqueueHook | undefined;
  readonly server: ServerSeen;
}

export class Runs {
  readonly #parts: RunsParts;

  constructor(parts: RunsParts) {
    this.#parts = parts;
  }

  /** The result of a task that is enqueued for it; throws as {@link TaskClient.run}. */
  async run(name: string, input: Payload, options: RunOptions): Promise<Payload | undefined> {
    checkOptions(options, KNOWN.run);
    checkWait("patienceMs", options.patienceMs);
    checkWait("timeoutMs", options.timeoutMs);
    const request = enqueueRequest(name, input, options);
    const { hook } = this.#parts;
    if (hook === undefined) return this.#run(request, options);
    const run = hook({ operation: "run", request }, (call) => this.#run(call.request, options));
    return bounded(run, this.#bound(request, options));
  }

  /** The answer to a wait that was too short is on its way by the end of it. */
  #bound({ taskId }: EnqueueTaskRequest, { timeoutMs = Infinity, signal }: RunOptions) {
    return { taskId, ms: timeoutMs + ANSWER_MS, signal, server: this.#parts.server };
  }

  async #run(request: EnqueueTaskRequest, options: RunOptions): Promise<Payload | undefined> {
    const { enqueuer, loneRunner } = this.#parts;
    const startedAt = performance.now();
    const bound = this.#bound(request, options);
    if (loneRunner.busy) {
      const ms = Math.min(bound.ms, options.patienceMs ?? Infinity);
      const { taskId } = await bounded(enqueuer.add(request), { ...bound, ms });
      return this.#rest(taskId, options, startedAt);
    }
    const { taskId, ended } = await bounded(loneRunner.run(request, options), bound);
    return ended === undefined ? this.#rest(taskId, options, startedAt) : resultOf(ended);
  }

  /** The result within what is left of the time; who is late is told the time that was set, not the rest of it. */
  async #rest(taskId: string, options: RunOptions, startedAt: number) {
    const { timeoutMs = Infinity, signal } = options;
    const leftMs = Math.max(0, timeoutMs - (performance.now() - startedAt));
    try {
      return resultOf(await this.#parts.actions.await(taskId, { timeoutMs: leftMs, signal }));
    } catch (thrown) {
      const { reason } = QTasksError.from(thrown);
      throw reason === "STILL_RUNNING" ? stillRunning(taskId, timeoutMs) : thrown;
    }
  }
}
