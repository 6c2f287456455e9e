/** A remote worker of a scenario, which does what the scenario says, or runs by itself. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  OutcomeVerdict,
  type LeasedTask,
  type OutcomeSchema,
} from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import { toDuration } from "../../../src/core/duration.ts";
import { NAME, PATIENCE_MS, type Server } from "./server.ts";

type Kind = NonNullable<MessageInitShape<typeof OutcomeSchema>["kind"]>;

export class Worker {
  readonly #server: Server;
  readonly #sessionId = randomUUID();

  constructor(server: Server) {
    this.#server = server;
  }

  static async open(server: Server, queues: readonly string[] = []): Promise<Worker> {
    const worker = new Worker(server);
    await server.workers.registerWorker({
      sessionId: worker.#sessionId,
      workerId: "scenario",
      slots: 10,
      queues: [...queues],
      definitions: [{ name: NAME }],
    });
    return worker;
  }

  async poll(
    maxTasks: number,
    waitMs: number,
    queues: readonly string[] = [],
  ): Promise<readonly LeasedTask[]> {
    const wait = toDuration(waitMs);
    const request = { sessionId: this.#sessionId, maxTasks, wait, queues: [...queues] };
    return (await this.#server.workers.pollTasks(request)).tasks;
  }

  /** Waits for a task and takes it; polls that answer with news of leases are repeated. */
  async take(queues: readonly string[] = []): Promise<LeasedTask> {
    const until = performance.now() + PATIENCE_MS;
    while (performance.now() < until) {
      const [lease] = await this.poll(1, until - performance.now(), queues);
      if (lease !== undefined) return lease;
    }
    assert.fail("nothing was handed out");
  }

  /** Nothing is handed out, also after a moment. */
  async takeNothing(): Promise<void> {
    const leases = await this.poll(10, 60);
    assert.deepEqual(
      leases.map(({ taskId }) => taskId),
      [],
    );
  }

  async report({ leaseToken }: LeasedTask, kind: Kind): Promise<OutcomeVerdict> {
    const outcomes = [{ leaseToken, kind }];
    const request = { sessionId: this.#sessionId, outcomes };
    return (await this.#server.workers.reportOutcomes(request)).results[0]!.verdict;
  }

  async succeed(lease: LeasedTask, text = "42"): Promise<void> {
    assert.equal(await this.report(lease, success(text)), OutcomeVerdict.RECORDED);
  }

  async fail(lease: LeasedTask): Promise<void> {
    assert.equal(await this.report(lease, failure()), OutcomeVerdict.RECORDED);
  }

  /** A sign of life for a lease. */
  async renew({ leaseToken }: LeasedTask): Promise<void> {
    await this.#server.workers.heartbeat({
      sessionId: this.#sessionId,
      renewals: [{ leaseToken }],
      freeSlots: 1,
    });
  }
}

export function success(text = "42"): Kind {
  return { case: "success", value: { result: { body: { case: "text", value: text } } } };
}

export function failure(): Kind {
  return { case: "failure", value: { message: "as the scenario asks for", type: "Scenario" } };
}
