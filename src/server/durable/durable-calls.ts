/** Calls to methods of the users' own services: which there are, and how one is run. */
import { createRegistry, type DescFile, type DescMethod, type Registry } from "@bufbuild/protobuf";
import type { Logger } from "pino";
import type { TaskDefinition } from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import { QTasksError } from "../../core/errors.ts";
import { canBeTask, methodTaskName } from "../../core/task-method.ts";
import type { PayloadHooks } from "../../core/payload-hooks.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import { methodNotFound } from "../errors.ts";
import { FileIndex, withImports } from "../file-index.ts";
import type { CallContext } from "../service.ts";
import { durableCall, type CallEvent } from "./durable-call.ts";
import {
  durableMethod,
  isDescribedBy,
  oddlyDescribed,
  type DurableMethod,
} from "./durable-method.ts";
import { ownFiles } from "./own-files.ts";
import { userServices, type UserServices } from "./user-services.ts";

/** Descriptor sets that newer ones have replaced: so many are kept for workers that come back with them. */
const KEPT_SUPERSEDED = 10;

const NONE: UserServices = userServices(new Set(), [], new FileIndex());

/** Follows the pipeline's definitions and schemas. */
export class DurableCalls {
  readonly #pipeline: Pipeline;
  readonly #own = ownFiles();
  readonly #logger: Logger;
  readonly #codec: PayloadHooks | undefined;
  readonly #listeners = new Set<() => void>();
  #methods: ReadonlyMap<string, DurableMethod> = new Map();
  #described: ReadonlyMap<string, DescMethod> = new Map();
  #services: UserServices = NONE;
  /** What {@link #services} was made of. */
  #madeOf = "";
  #isStale = false;
  #streams = 0;
  /** Made on demand, and of files that are shown no more forgotten with them. */
  readonly #registries = new WeakMap<DescFile, Registry>();

  /** `codec`: that of the app that this server is part of. Callers of methods have none of their own. */
  constructor(pipeline: Pipeline, logger: Logger, codec?: PayloadHooks) {
    this.#pipeline = pipeline;
    this.#codec = codec;
    this.#logger = logger;
    pipeline.definitions.onChange(() => this.#soon());
    pipeline.schemas.onChange(() => this.#soon());
    this.#update();
  }

  /** By `package.Service/Method`. */
  get methods(): ReadonlyMap<string, DurableMethod> {
    return this.#methods;
  }

  get services(): UserServices {
    return this.#services;
  }

  /** Methods of described services that no task can be: their requests are a stream. */
  get refused(): readonly string[] {
    return [...this.#described.values()].filter((method) => !canBeTask(method)).map(methodTaskName);
  }

  /** The descriptor of a method that has a task; undefined also where it is of another kind than the definition, or of other messages. */
  describe(name: string): DescMethod | undefined {
    const method = this.#methods.get(name);
    const described = this.#described.get(name);
    return method && described && isDescribedBy(method, described) ? described : undefined;
  }

  /** The messages that a file and its imports know: JSON names those in an Any, and extensions. */
  registryOf(file: DescFile): Registry {
    const known = this.#registries.get(file) ?? createRegistry(...withImports([file]));
    this.#registries.set(file, known);
    return known;
  }

  /** What workers disagree on in the descriptors of a method and its service. */
  conflicts(name: string): readonly string[] {
    const method = this.#methods.get(name);
    if (method === undefined) return [];
    const ofService = this.#services.conflicts.get(method.service) ?? [];
    const isOdd = this.#described.has(name) && this.describe(name) === undefined;
    return isOdd ? [...ofService, oddlyDescribed(name)] : ofService;
  }

  /** Newer descriptors have replaced those of this SHA-256. */
  isSuperseded(digest: Uint8Array): boolean {
    return this.#services.superseded.has(Buffer.from(digest).toString("hex"));
  }

  /** Removes descriptors that newer ones have long replaced. */
  async forgetOld(): Promise<void> {
    await this.#pipeline.schemas.remove([...this.#services.superseded].slice(KEPT_SUPERSEDED));
  }

  /** Calls back after each change. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /**
   * Runs one call. Throws METHOD_NOT_FOUND, and as {@link durableCall} does; STREAMING_KIND for a method that streams requests,
   * TOO_MANY_STREAMS where as many answer in streams as are allowed.
   */
  call(name: string, message: Uint8Array, context: CallContext): AsyncIterable<CallEvent> {
    const method = this.#methods.get(name);
    if (method !== undefined) {
      const [pipeline, codec] = [this.#pipeline, this.#codec];
      const events = durableCall({ pipeline, codec, method, message, context });
      return method.streaming ? this.#counted(events) : events;
    }
    const described = this.#described.get(name);
    throw described !== undefined && !canBeTask(described)
      ? streamingKind(name)
      : methodNotFound(`/${name}`);
  }

  async *#counted(events: AsyncIterable<CallEvent>): AsyncGenerator<CallEvent, void> {
    const { maxStreams } = this.#pipeline.limits;
    if (this.#streams >= maxStreams)
      throw new QTasksError("TOO_MANY_STREAMS", `${maxStreams} methods answer in streams already`, {
        retryAfterMs: 1_000,
      });
    this.#streams++;
    try {
      yield* events;
    } finally {
      this.#streams--;
    }
  }

  /** Once for all changes of this turn. */
  #soon(): void {
    if (this.#isStale) return;
    this.#isStale = true;
    queueMicrotask(() => this.#update());
  }

  #update(): void {
    this.#isStale = false;
    const definitions = this.#pipeline.definitions.list().map(({ definition }) => definition);
    this.#methods = methodsOf(definitions);
    try {
      this.#describeServices();
      for (const listener of this.#listeners) listener();
    } catch (err) {
      // Sets are checked when they come; whatever is wrong with them still must not end the calls.
      this.#logger.error({ err }, "the descriptors of the workers can't be shown together");
    }
  }

  /** Anew only where services or descriptors have changed: it takes seconds for large ones, and options change with each deploy. */
  #describeServices(): void {
    const names = new Set([...this.#methods.values()].map(({ service }) => service));
    const schemas = this.#pipeline.schemas.list();
    const madeOf = [...names, ...schemas.map(({ digest }) => digest)].join();
    if (madeOf === this.#madeOf) return;
    this.#services = userServices(names, schemas, this.#own);
    this.#madeOf = madeOf;
    const described = [...this.#services.services.values()].flatMap(({ methods }) => methods);
    this.#described = new Map(described.map((method) => [methodTaskName(method), method]));
  }
}

/** STREAMING_KIND: tasks have one request. */
export function streamingKind(name: string): QTasksError {
  return new QTasksError(
    "STREAMING_KIND",
    `${name} streams requests: only unary and server-streaming methods can be tasks`,
    { metadata: { method: name } },
  );
}

function methodsOf(definitions: readonly TaskDefinition[]): Map<string, DurableMethod> {
  const methods = definitions.map(durableMethod).filter((method) => method !== undefined);
  return new Map(methods.map((method) => [method.name, method]));
}
