/** What a worker can run: a definition for the server, a handler for this process. */
import type { DescFile, MessageInitShape } from "@bufbuild/protobuf";
import type { Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskDefinitionSchema } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { QTasksError } from "../core/errors.ts";
import { notExecutor } from "../core/kinds.ts";
import { throwConfigFaults } from "../core/known-options.ts";
import { resultCheck } from "./check-result.ts";
import type { Executor } from "./executor.ts";
import type { Handler } from "./handler.ts";
import { composeMiddlewares, type Around, type Middleware } from "./middleware.ts";
import { schemaOf, type WorkerSchema } from "./schema.ts";

/** A handler under its task's name. */
export interface Registration {
  /** Sent to the server when the worker registers. */
  readonly definition: MessageInitShape<typeof TaskDefinitionSchema> & { readonly name: string };
  readonly handler: Handler;
  /** Runs the handler. @default the worker's */
  readonly executor?: Executor | undefined;
  /**
   * Gives what is checked and handled; throws InputRejectedError for what it can't read.
   * @default JSON's value, other texts as they are, other bytes
   */
  readonly decode?: ((payload: Payload | undefined) => unknown) | undefined;
  /** Checks the decoded input and gives what the handler gets; what it throws ends the task as REJECTED. */
  readonly checkInput?: ((input: unknown) => unknown) | undefined;
  /**
   * Checks what the handler and its middlewares give, of a method's handler the payload, and gives what is sent; what
   * it throws fails the task for good.
   */
  readonly checkResult?: ((result: unknown) => unknown) | undefined;
  /** Wrap the handler, the first outermost. @default none */
  readonly middlewares?: readonly Middleware[] | undefined;
  /**
   * The one of them that is told of a refused result as of any failure: results are checked within it, and what those
   * around it make of one is not. @default none: what all of them give is checked
   */
  readonly checkWithin?: Middleware | undefined;
  /** That of a typed task's service: the server is handed it, with its imports. */
  readonly file?: DescFile | undefined;
  /** Where the task was defined, `file:line`, for people. */
  readonly place?: string | undefined;
}

/** The same registration. CONFIG_INVALID where its executor can't run its handler. */
export function runnable(registration: Registration): Registration {
  const { executor, definition } = registration;
  const whose = `task ${definition.name}`;
  throwConfigFaults(whose, notExecutor("executor", executor));
  executor?.check?.(registration);
  return registration;
}

/** A registration that is ready to be run. */
export interface Registered extends Registration {
  /** Its middlewares and the check of its result as one function; undefined where there are none. */
  readonly around?: Around | undefined;
}

/** Registrations by task name. */
export class Registry {
  readonly #byName = new Map<string, Registered>();
  #schema: WorkerSchema | undefined;
  #version = 0;

  /** Adds a handler. DEFINITION_CONFLICT where the name is taken. */
  add(registration: Registration): void {
    const { name } = registration.definition;
    if (this.#byName.has(name))
      throw new QTasksError("DEFINITION_CONFLICT", `two handlers for the task ${name}`);
    this.#byName.set(name, { ...registration, around: aroundOf(registration) });
    this.#changed(registration);
  }

  /** Takes a handler out again. */
  remove(name: string): void {
    const registration = this.#byName.get(name);
    this.#byName.delete(name);
    if (registration !== undefined) this.#changed(registration);
  }

  /** Another one after each {@link add} and {@link remove}. */
  get version(): number {
    return this.#version;
  }

  get(name: string): Registered | undefined {
    return this.#byName.get(name);
  }

  get all(): readonly Registered[] {
    return [...this.#byName.values()];
  }

  get definitions(): Registration["definition"][] {
    return [...this.#byName.values()].map((registration) => registration.definition);
  }

  /** The descriptors of all typed tasks; undefined where there are none. */
  get schema(): WorkerSchema | undefined {
    return (this.#schema ??= schemaOf(new Set(this.all.flatMap(({ file }) => file ?? []))));
  }

  #changed({ file }: Registration): void {
    this.#version++;
    if (file !== undefined) this.#schema = undefined;
  }
}

function aroundOf(registration: Registration): Around | undefined {
  const { middlewares = [], checkResult, checkWithin } = registration;
  const at = checkWithin === undefined ? 0 : middlewares.indexOf(checkWithin) + 1;
  const checks = checkResult === undefined ? [] : [resultCheck(checkResult)];
  const all = middlewares.toSpliced(at, 0, ...checks);
  return all.length === 0 ? undefined : composeMiddlewares(all);
}
