/** A server of the model: a pipeline with its services, which may be killed at any of its calls. */
import { pino } from "pino";
import { AdminService } from "../../../gen/qtasksapi/v1/admin_service_pb.ts";
import { TaskService } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { WorkerService } from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { Broker, TakeParams } from "../../../src/broker/broker.ts";
import type { ServiceCalls } from "../../../src/core/calls.ts";
import type { Timings } from "../../../src/core/limits.ts";
import { Pipeline } from "../../../src/pipeline/pipeline.ts";
import { localCalls } from "../../../src/server/local-calls.ts";
import { adminService } from "../../../src/server/services/admin-service.ts";
import { taskService } from "../../../src/server/services/task-service.ts";
import { workerService } from "../../../src/server/services/worker-service.ts";
import type { Joint } from "../../../src/storage/joint.ts";
import { aroundCalls } from "../../../src/testing/faults/around-calls.ts";
import { outOfReach } from "../../../src/testing/faults/out-of-reach.ts";
import type { FaultPlan } from "./fault-plan.ts";
import type { Place } from "./places.ts";
import type { Truth } from "./truth.ts";

/** Sweeps follow the moved clock at once; a pause of the server's own holds nothing up. */
const TIMINGS: Partial<Timings> = {
  heartbeatIntervalMs: 0,
  sweepIntervalMs: 2,
  reconcileIntervalMs: 10,
};

/** Sweeps of a server that can be waited for, by the call that each begins with. */
type Sweep = "overdue" | "intents";

export interface ServerParts {
  readonly place: Place;
  readonly faults: FaultPlan;
  readonly truth: Truth;
}

export class Server {
  readonly pipeline: Pipeline;
  readonly tasks: ServiceCalls<typeof TaskService>;
  readonly workers: ServiceCalls<typeof WorkerService>;
  readonly admin: ServiceCalls<typeof AdminService>;
  readonly #parts: ServerParts;
  readonly #components: (Joint | Broker)[] = [];
  readonly #broker: Broker | undefined;
  readonly #sweeps = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  isKilled = false;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    const { place } = parts;
    const joint = this.#watched(place.storage.open());
    const broker = (this.#broker = place.broker && this.#watched(place.broker.open()));
    this.pipeline = new Pipeline({
      backend: broker === undefined ? { joint } : { storage: joint, broker },
      logger: pino({ level: "silent" }),
      timings: TIMINGS,
    });
    this.tasks = localCalls(taskService(this.pipeline), TaskService);
    this.workers = localCalls(workerService(this.pipeline), WorkerService);
    this.admin = localCalls(adminService(this.pipeline), AdminService);
  }

  /** Ids of the messages that the broker of a pair gives. */
  async take(params: TakeParams): Promise<readonly string[]> {
    if (this.#broker === undefined) return [];
    return (await this.#broker.take(params)).messages.map(({ taskId }) => taskId);
  }

  /** Nothing of it reaches the data any more. */
  async bury(): Promise<void> {
    this.isKilled = true;
    this.#wakeAll();
    await this.pipeline.stop();
    await Promise.all(this.#components.map((component) => component.stop()));
  }

  /** A whole sweep of each kind has begun and ended since. */
  async swept(): Promise<void> {
    await this.#untilSwept("overdue");
    if (this.#parts.place.broker !== undefined) await this.#untilSwept("intents");
  }

  async #untilSwept(sweep: Sweep): Promise<void> {
    // One may be under way; the second one after it begins when the first is done.
    const enough = (this.#sweeps.get(sweep) ?? 0) + 2;
    while (!this.isKilled && (this.#sweeps.get(sweep) ?? 0) < enough)
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  #watched<Component extends Joint | Broker>(component: Component): Component {
    this.#components.push(component);
    return aroundCalls(component, async ({ part, method, params, make }) => {
      this.#guard();
      this.#count(method);
      const fault = this.#parts.faults.next(method, params);
      if (fault?.when === "before") this.#suffer(part, fault.kind);
      const answer = await make();
      if (part === "storage") this.#parts.truth.see(method, params, answer);
      if (fault?.when === "after") this.#suffer(part, fault.kind);
      this.#guard();
      return answer;
    });
  }

  #guard(): void {
    if (this.isKilled) throw new Error("the server was killed, as the model asks for");
  }

  #suffer(part: "storage" | "broker", kind: "die" | "lose"): void {
    if (kind === "lose") throw outOfReach({ part });
    this.isKilled = true;
    this.#wakeAll();
    this.#guard();
  }

  #count(method: string): void {
    if (method !== "overdue" && method !== "intents") return;
    this.#sweeps.set(method, (this.#sweeps.get(method) ?? 0) + 1);
    this.#wakeAll();
  }

  #wakeAll(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}
