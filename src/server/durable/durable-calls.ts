/** Calls to methods of the users' own services: which there are, and how one is run. */
import type { DescMethod } from "@bufbuild/protobuf";
import type { Logger } from "pino";
import type { TaskDefinition } from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import { QTasksError } from "../../core/errors.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import { methodNotFound } from "../errors.ts";
import type { CallContext } from "../service.ts";
import { durableCall, type CallEvent } from "./durable-call.ts";
import { durableMethod, methodName, type DurableMethod } from "./durable-method.ts";
import { ownFiles } from "./own-files.ts";
import { userServices, type UserServices } from "./user-services.ts";

/** Descriptor sets that newer ones have replaced: so many are kept for workers that come back with them. */
const KEPT_SUPERSEDED = 10;

const NONE: UserServices = userServices(new Set(), [], () => undefined);

/** Follows the pipeline's definitions and schemas. */
export class DurableCalls {
  readonly #pipeline: Pipeline;
  readonly #own = ownFiles();
  readonly #logger: Logger;
  readonly #listeners = new Set<() => void>();
  #methods: ReadonlyMap<string, DurableMethod> = new Map();
  #described: ReadonlyMap<string, DescMethod> = new Map();
  #services: UserServices = NONE;
  #isStale = false;

  constructor(pipeline: Pipeline, logger: Logger) {
    this.#pipeline = pipeline;
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
    return [...this.#described.values()].filter(streamsRequests).map(methodName);
  }

  /** The descriptor of a method that has a task. */
  describe(name: string): DescMethod | undefined {
    return this.#methods.has(name) ? this.#described.get(name) : undefined;
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
   * Runs one call. Throws METHOD_NOT_FOUND, and as {@link durableCall} does; STREAMING_KIND for a method that streams requests.
   */
  call(name: string, message: Uint8Array, context: CallContext): AsyncIterable<CallEvent> {
    const method = this.#methods.get(name);
    if (method !== undefined)
      return durableCall({ pipeline: this.#pipeline, method, message, context });
    const described = this.#described.get(name);
    throw described !== undefined && streamsRequests(described)
      ? streamingKind(name)
      : methodNotFound(`/${name}`);
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
    const names = new Set([...this.#methods.values()].map(({ service }) => service));
    try {
      this.#services = userServices(names, this.#pipeline.schemas.list(), (name) =>
        this.#own.file(name),
      );
    } catch (err) {
      // Sets are checked when they come; whatever is wrong with them still must not end the calls.
      this.#logger.error({ err }, "the descriptors of the workers can't be shown together");
    }
    const described = [...this.#services.services.values()].flatMap(({ methods }) => methods);
    this.#described = new Map(described.map((method) => [methodName(method), method]));
    for (const listener of this.#listeners) listener();
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

function streamsRequests({ methodKind }: DescMethod): boolean {
  return methodKind === "client_streaming" || methodKind === "bidi_streaming";
}

function methodsOf(definitions: readonly TaskDefinition[]): Map<string, DurableMethod> {
  const methods = definitions.map(durableMethod).filter((method) => method !== undefined);
  return new Map(methods.map((method) => [method.name, method]));
}
