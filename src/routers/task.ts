/** A task in code: its handler, and how it is called. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { TaskClient } from "../client/client.ts";
import type { TaskHandle } from "../client/handle.ts";
import type { EnqueueOptions } from "../core/enqueue-request.ts";
import type { RunOptions } from "../client/requests.ts";
import { QTasksError } from "../core/errors.ts";
import { taskOptions, type TaskSettings } from "../core/task-settings.ts";
import type { Handler, Registration } from "../worker/registration.ts";
import { checkBySchema } from "./schema.ts";

/** What holds for every run of a task; a caller's options win over it. */
export interface TaskDefaults extends Omit<TaskSettings, "attemptTimeoutMs"> {
  /** Limit of one attempt, in ms. @default none */
  readonly timeoutMs?: number | undefined;
}

/** A task's options. */
export interface TaskInit extends TaskDefaults {
  /** Printable ASCII without spaces and braces, at most 255 characters with its routers' prefixes. */
  readonly name: string;
  readonly description?: string | undefined;
  /** An input to try the task with; `qtasks serve` shows the command. */
  readonly example?: unknown;
  /** Checks inputs where they are enqueued, and again before the handler. */
  readonly input?: StandardSchemaV1 | undefined;
  /** The handler streams outputs. @default whether it is an async generator function */
  readonly streaming?: boolean | undefined;
}

/** Enqueues for the tasks of an app. */
export interface TaskCaller {
  client(): Promise<TaskClient>;
}

interface Binding {
  readonly caller: TaskCaller;
  readonly name: string;
}

type InputArgs<Input, Options> = undefined extends Input
  ? [input?: Input, options?: Options]
  : [input: Input, options?: Options];

/** Made by `app.task` or `router.task`. `Input` and `Result` are what the handler takes and gives. */
export class Task<Input = unknown, Result = unknown> {
  /** Where it was defined, `file:line`. */
  readonly place: string;
  readonly init: TaskInit;
  readonly handler: Handler;
  readonly #bindings: Binding[] = [];

  /** @internal */
  constructor(init: TaskInit, handler: Handler, place: string) {
    this.init = init;
    this.handler = handler;
    this.place = place;
  }

  /** The full name, with the prefixes of its routers; without them before it is part of an app. */
  get name(): string {
    return this.#bindings[0]?.name ?? this.init.name;
  }

  /** Enqueues the task; settles once it is durable. FIELD_VIOLATION for an input that its schema refuses. */
  async enqueue(...args: InputArgs<Input, EnqueueOptions>): Promise<TaskHandle<Result>> {
    const [input, options] = args;
    const { caller, name } = this.#binding();
    await this.#check(input);
    return (await caller.client()).enqueue<Result>(name, input, options);
  }

  /** Enqueues the task and waits for its result; TaskFailedError when it ends otherwise, STILL_RUNNING after `timeoutMs`. */
  async run(...args: InputArgs<Input, RunOptions>): Promise<Result> {
    const [input, options] = args;
    const { caller, name } = this.#binding();
    await this.#check(input);
    return (await caller.client()).run<Result>(name, input, options);
  }

  /** @internal Makes the task part of an app, under its full name. */
  bind(caller: TaskCaller, name: string): void {
    this.#bindings.push({ caller, name });
  }

  /** What a worker needs. `defaults` are those of its routers. */
  registration(name: string, defaults: TaskDefaults): Registration {
    const { input, description = "" } = this.init;
    const { timeoutMs, ...settings } = mergeDefaults(defaults, this.init);
    return {
      definition: {
        name,
        description,
        streaming: this.init.streaming ?? isGenerator(this.handler),
        options: taskOptions({ ...settings, attemptTimeoutMs: timeoutMs }),
      },
      handler: this.handler,
      checkInput: input && ((value) => checkBySchema(input, value, "input")),
    };
  }

  /** The caller sends what it was given: what the schema makes of it is made once more before the handler. */
  async #check(input: unknown): Promise<void> {
    if (this.init.input !== undefined) await checkBySchema(this.init.input, input, "input");
  }

  #binding(): Binding {
    const [binding, another] = this.#bindings;
    if (binding === undefined)
      throw notCallable(`the task ${this.init.name} is part of no app: include its router`);
    if (another !== undefined)
      throw notCallable(
        `the task ${this.init.name} is part of several apps: enqueue by app.client()`,
      );
    return binding;
  }
}

/** Field by field, the inner one wins; labels and retry policies are merged. */
export function mergeDefaults(outer: TaskDefaults, inner: TaskDefaults): TaskDefaults {
  const set = Object.entries(inner).filter(([, value]) => value !== undefined);
  return {
    ...outer,
    ...(Object.fromEntries(set) as TaskDefaults),
    retry: { ...outer.retry, ...inner.retry },
    labels: { ...outer.labels, ...inner.labels },
  };
}

function isGenerator(handler: Handler): boolean {
  return Object.prototype.toString.call(handler) === "[object AsyncGeneratorFunction]";
}

function notCallable(message: string): QTasksError {
  return new QTasksError("CONFIG_INVALID", message);
}
