/** A task in code: its handler, and how it is called. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { TaskHandle } from "../client/handle.ts";
import type { InputArgs } from "../core/input-args.ts";
import { checkBySchema } from "../core/schema.ts";
import type { RunOptions, SendOptions } from "../client/requests.ts";
import type { ChildCall, ChildTarget } from "../worker/child.ts";
import type { Handler } from "../worker/handler.ts";
import { runnable, type Registration } from "../worker/registration.ts";
import type { Bindings, TaskCaller } from "./binding.ts";
import type { RouterTask } from "./router-task.ts";
import { defaultOptions, mergeDefaults, type TaskDefaults } from "./task-defaults.ts";
import type { TaskInit } from "./task-init.ts";

/** Made by `app.task` or `router.task`. `Input` and `Result` are what the handler takes and gives. */
export class Task<Input = unknown, Result = unknown> implements RouterTask, ChildTarget<Input> {
  /** Where it was defined, `file:line`. */
  readonly place: string;
  readonly init: TaskInit;
  readonly handler: Handler;
  readonly hasFixedName = false;
  readonly isHandled = true;
  readonly #bindings: Bindings;

  /** @internal */
  constructor(init: TaskInit, handler: Handler, place: string, bindings: Bindings) {
    this.#bindings = bindings;
    this.init = init;
    this.handler = handler;
    this.place = place;
  }

  /** The full name, with the prefixes of its routers; with that of its own alone before it is part of an app. */
  get name(): string {
    return this.#bindings.name;
  }

  get example(): unknown {
    return this.init.example;
  }

  /** Enqueues the task; settles once it is durable. FIELD_VIOLATION for an input that its schema refuses. */
  async enqueue(...args: InputArgs<Input, SendOptions>): Promise<TaskHandle<Result>> {
    const [input, options] = args;
    const { caller, name } = this.#bindings.single();
    await this.#check(input);
    return (await caller.client()).enqueue<Result>(name, input, options);
  }

  /** Enqueues the task and waits for its result; TaskFailedError when it ends otherwise, STILL_RUNNING after `timeoutMs`. */
  async run(...args: InputArgs<Input, RunOptions>): Promise<Result> {
    const [input, options] = args;
    const { caller, name } = this.#bindings.single();
    await this.#check(input);
    return (await caller.client()).run<Result>(name, input, options);
  }

  /** The same task, called through that app: for one that is part of several. CONFIG_INVALID where it is no part of it. */
  of(app: TaskCaller): Task<Input, Result> {
    return new Task(this.init, this.handler, this.place, this.#bindings.of(app));
  }

  /** @internal For `context.enqueue`. */
  async childCall(input: Input): Promise<ChildCall> {
    await this.#check(input);
    return { name: this.#bindings.onlyName, input };
  }

  /** @internal Makes the task part of an app, under its full name. */
  bind(caller: TaskCaller, name: string): void {
    this.#bindings.add({ caller, name });
  }

  /** What a worker needs. `defaults` are those of its routers. */
  registration(name: string, defaults: TaskDefaults): Registration {
    const { input, output, description = "" } = this.init;
    const merged = mergeDefaults(defaults, this.init);
    return runnable({
      definition: {
        name,
        description,
        streaming: this.init.streaming ?? isGenerator(this.handler),
        options: defaultOptions(merged),
      },
      handler: this.handler,
      executor: merged.executor,
      checkInput: input && ((value) => arrived(input, value)),
      checkResult: output && ((value) => checkBySchema(output, value, "result")),
      place: this.place,
    });
  }

  /** The caller sends what it was given: what the schema makes of it is made once more before the handler. */
  async #check(input: unknown): Promise<void> {
    if (this.init.input !== undefined) await checkBySchema(this.init.input, input, "input");
  }
}

/** What the schema makes of an input that was sent: none at all arrives as null. */
async function arrived(schema: StandardSchemaV1, value: unknown): Promise<unknown> {
  const made = checkBySchema(schema, value, "input");
  if (value !== null) return made;
  return made.catch(() => checkBySchema(schema, undefined, "input").catch(() => made));
}

function isGenerator(handler: Handler): boolean {
  return Object.prototype.toString.call(handler) === "[object AsyncGeneratorFunction]";
}
