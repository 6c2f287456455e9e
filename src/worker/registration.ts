/** What a worker can run: a definition for the server, a handler for this process. */
import type { DescFile, MessageInitShape } from "@bufbuild/protobuf";
import type { Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskDefinitionSchema } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { QTasksError } from "../core/errors.ts";
import type { HandlerContext } from "./context.ts";
import { schemaOf, type WorkerSchema } from "./schema.ts";

/** User code. An async generator streams: what it yields are outputs, what it returns is the result. */
export type Handler<Input = unknown, Result = unknown> = (
  input: Input,
  context: HandlerContext,
) => Result | Promise<Result> | AsyncGenerator<unknown, Result>;

/** A handler under its task's name. */
export interface Registration {
  /** Sent to the server when the worker registers. */
  readonly definition: MessageInitShape<typeof TaskDefinitionSchema> & { readonly name: string };
  readonly handler: Handler;
  /**
   * Gives what is checked and handled; throws InputRejectedError for what it can't read.
   * @default JSON's value, other texts as they are, other bytes
   */
  readonly decode?: ((payload: Payload | undefined) => unknown) | undefined;
  /** Checks the decoded input and gives what the handler gets; what it throws ends the task as REJECTED. */
  readonly checkInput?: ((input: unknown) => unknown) | undefined;
  /** That of a typed task's service: the server is handed it, with its imports. */
  readonly file?: DescFile | undefined;
}

/** Registrations by task name. */
export class Registry {
  readonly #byName = new Map<string, Registration>();
  readonly #files = new Set<DescFile>();
  #schema: WorkerSchema | undefined;

  /** Adds a handler. DEFINITION_CONFLICT where the name is taken. */
  add(registration: Registration): void {
    const { name } = registration.definition;
    if (this.#byName.has(name))
      throw new QTasksError("DEFINITION_CONFLICT", `two handlers for the task ${name}`);
    this.#byName.set(name, registration);
    if (registration.file === undefined || this.#files.has(registration.file)) return;
    this.#files.add(registration.file);
    this.#schema = undefined;
  }

  get(name: string): Registration | undefined {
    return this.#byName.get(name);
  }

  get definitions(): Registration["definition"][] {
    return [...this.#byName.values()].map((registration) => registration.definition);
  }

  /** The descriptors of all typed tasks; undefined where there are none. */
  get schema(): WorkerSchema | undefined {
    return (this.#schema ??= schemaOf(this.#files));
  }
}
