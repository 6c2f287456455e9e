/** Executes tasks by calls to a gRPC server that knows nothing of tasks: a worker whose handlers are that server's methods. */
import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { status as Code } from "@grpc/grpc-js";
import type { Logger } from "pino";
import { openChannel, type ChannelInit } from "../client/channel.ts";
import { QTasksError } from "../core/errors.ts";
import { canBeTask, methodTaskName } from "../core/task-method.ts";
import { pause, pauseMs } from "../worker/backoff.ts";
import type { WorkerOptions } from "../worker/options.ts";
import { Worker } from "../worker/worker.ts";
import { imageServices, reflectedServices } from "./descriptors.ts";
import { methodRegistration } from "./method-handler.ts";
import { Readiness } from "./readiness.ts";
import type { Target } from "./target.ts";

export interface BridgeOptions {
  /** The gRPC server that executes the tasks. */
  readonly target: ChannelInit & { readonly address: string };
  /** Full names of services. @default those of the target's reflection, or of the image, save gRPC's own */
  readonly services?: readonly string[] | undefined;
  /** An encoded google.protobuf.FileDescriptorSet with all imports. @default what the target's reflection tells */
  readonly image?: Uint8Array | undefined;
  /** How the tasks are taken; `slots` are calls at once. */
  readonly worker: Omit<WorkerOptions, "handlers" | "executor" | "logger">;
  readonly logger: Logger;
}

/** Takes tasks while the target is ready. Started once. */
export class Bridge {
  readonly #options: BridgeOptions;
  readonly #logger: Logger;
  readonly #target: Target;
  readonly #closed = new AbortController();
  readonly #done = Promise.withResolvers<void>();
  #firstReady = Promise.withResolvers<void>();
  #worker: Worker | undefined;

  /** FIELD_VIOLATION for an address that is none. */
  constructor(options: BridgeOptions) {
    const { address } = options.target;
    const channel = openChannel(options.target);
    this.#options = options;
    this.#logger = options.logger.child({ target: address });
    const readiness = new Readiness(channel, (ready) => this.#turn(ready));
    this.#target = { address, channel, readiness };
    // Whoever starts hears of it; without a start nobody waits.
    this.#firstReady.promise.catch(() => undefined);
  }

  /** Resolves when no task is taken any more: after a stop, or when an operator drained the worker. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  /**
   * Waits for the target, however long it is away, then for the server, and takes tasks. CONFIG_INVALID where the
   * target's services can't be known, CALL_CANCELED when a stop comes first.
   */
  async start(): Promise<void> {
    const services = await this.#services();
    this.#target.readiness.start(services.map(({ typeName }) => typeName));
    if (!this.#target.readiness.isReady) this.#logger.info("waiting for the target to be ready");
    await this.#firstReady.promise;
    const methods = this.#tasksOf(services);
    const handlers = methods.map((method) => methodRegistration(method, this.#target));
    const worker = new Worker({ ...this.#options.worker, handlers, logger: this.#logger });
    this.#worker = worker;
    await worker.start();
    void worker.done.then(() => this.#done.resolve());
    this.#logger.info({ tasks: methods.map(methodTaskName) }, "the bridge takes tasks");
    // It may have gone meanwhile.
    if (!this.#target.readiness.isReady) await worker.pause();
  }

  /** Calls under way finish within the worker's grace; the rest is given back. Never rejects. Idempotent. */
  async stop(): Promise<void> {
    const reason = new QTasksError("CALL_CANCELED", "the bridge stopped");
    this.#closed.abort(reason);
    this.#firstReady.reject(reason);
    await this.#worker?.stop();
    this.#target.readiness.stop();
    this.#target.channel.close();
    this.#done.resolve();
  }

  async #services(): Promise<DescService[]> {
    const { image, services = [] } = this.#options;
    if (image !== undefined) return imageServices(image, services);
    for (let failures = 1; ; failures++) {
      try {
        return await reflectedServices(this.#target.channel, services);
      } catch (error) {
        this.#closed.signal.throwIfAborted();
        if (!isUnreachable(error)) throw this.#explained(error);
        const level = failures === 1 ? "warn" : "debug";
        this.#logger[level]({ err: error, failures }, "the target can't be reached; trying again");
        await pause(pauseMs(failures), this.#closed.signal);
      }
    }
  }

  #tasksOf(services: readonly DescService[]): DescMethod[] {
    const methods = services.flatMap((service) => service.methods);
    const others = methods.filter((method) => !canBeTask(method)).map(methodTaskName);
    if (others.length > 0)
      this.#logger.info({ methods: others }, "methods that take a stream of requests are left out");
    return methods.filter(canBeTask);
  }

  #explained(error: unknown): QTasksError {
    if (error instanceof QTasksError) return error;
    const why = error instanceof Error ? error.message : String(error);
    const message = `the services of ${this.#target.address} can't be read: ${why}`;
    return new QTasksError("CONFIG_INVALID", message, { cause: error });
  }

  #turn(ready: boolean): void {
    if (ready) this.#firstReady.resolve();
    if (this.#worker?.status.state !== "running") return;
    if (ready) this.#logger.info("the target is ready: tasks are taken again");
    else this.#logger.warn("the target is not ready: no tasks are taken until it is");
    void (ready ? this.#worker.resume() : this.#worker.pause());
  }
}

function isUnreachable(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === Code.UNAVAILABLE || code === Code.DEADLINE_EXCEEDED;
}
