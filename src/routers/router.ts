/** Tasks grouped under a prefix and common defaults, to be included in an app. */
import type { DescService } from "@bufbuild/protobuf";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { QTasksError } from "../core/errors.ts";
import type { HandlerContext } from "../worker/context.ts";
import type { Handler } from "../worker/registration.ts";
import type { Use } from "../worker/use.ts";
import { callPlace } from "./place.ts";
import type { RouterTask } from "./router-task.ts";
import { serviceTasks } from "./service.ts";
import type { ServiceHandlers, ServiceOptions, ServiceTasks } from "./service-handlers.ts";
import { mergeDefaults, type TaskDefaults } from "./task-defaults.ts";
import { Task, type TaskInit } from "./task.ts";

export interface RouterOptions extends TaskDefaults {
  /** Put before the names of its tasks, as it is: `reports.` Tasks of services keep their names. @default "" */
  readonly prefix?: string | undefined;
}

/** A task as it appears in whoever includes its router. */
export interface TaskEntry {
  readonly name: string;
  readonly task: RouterTask;
  /** Those of its routers, the inner over the outer. */
  readonly defaults: TaskDefaults;
  /** What its routers and the task itself use, the outermost first. From the first call on nothing can be added. */
  readonly uses: () => readonly Use[];
}

type Sink = (entry: TaskEntry) => void;
type Returned<T> = T extends AsyncGenerator<unknown, infer Result> ? Result : Awaited<T>;
/** What awaiting a task gives, from what its handler returns: nothing becomes null. */
export type ResultOf<T> = [Returned<T>] extends [void] ? null : Returned<T>;

/** Options of a task with these schemas, or without. */
type InitOf<Input, Output> = Omit<TaskInit, "input" | "output"> & Input & Output;
type Takes<S extends StandardSchemaV1> = { readonly input: S };
type Gives<S extends StandardSchemaV1> = { readonly output: S };
type TakesAny = { readonly input?: undefined };
type GivesAny = { readonly output?: undefined };

/** What a handler may return to give a `T`. */
type Returning<T> = T | Promise<T> | AsyncGenerator<unknown, T>;

export class Router {
  /** Known across copies of this package, for what loads routers from files. */
  readonly kind = "qtasks.router";
  readonly #prefix: string;
  readonly #defaults: TaskDefaults;
  readonly #entries: TaskEntry[] = [];
  readonly #sinks: Sink[] = [];
  readonly #children: Router[] = [];
  readonly #uses: Use[] = [];
  #usesAreFinal = false;

  constructor(options: RouterOptions = {}) {
    const { prefix = "", ...defaults } = options;
    this.#prefix = prefix;
    this.#defaults = defaults;
  }

  /**
   * Defines a task. The types of its input and result follow from the handler, or from the schemas given as
   * `input` and `output`. DEFINITION_CONFLICT naming both places where the name is taken.
   */
  task<I extends StandardSchemaV1, O extends StandardSchemaV1>(
    init: InitOf<Takes<I>, Gives<O>>,
    handler: (
      input: StandardSchemaV1.InferOutput<I>,
      context: HandlerContext,
    ) => Returning<StandardSchemaV1.InferInput<O>>,
  ): Task<StandardSchemaV1.InferInput<I>, ResultOf<StandardSchemaV1.InferOutput<O>>>;
  task<I extends StandardSchemaV1, R>(
    init: InitOf<Takes<I>, GivesAny>,
    handler: (input: StandardSchemaV1.InferOutput<I>, context: HandlerContext) => R,
  ): Task<StandardSchemaV1.InferInput<I>, ResultOf<R>>;
  task<Input, O extends StandardSchemaV1>(
    init: InitOf<TakesAny, Gives<O>>,
    handler: (input: Input, context: HandlerContext) => Returning<StandardSchemaV1.InferInput<O>>,
  ): Task<Input, ResultOf<StandardSchemaV1.InferOutput<O>>>;
  task<Input, R>(
    init: string | InitOf<TakesAny, GivesAny>,
    handler: (input: Input, context: HandlerContext) => R,
  ): Task<Input, ResultOf<R>>;
  task(init: string | TaskInit, handler: Handler<never>): Task<never> {
    const resolved = typeof init === "string" ? { name: init } : init;
    return this.addTask(new Task<never>(resolved, handler as Handler, callPlace()));
  }

  /** @internal Adds a task that was made elsewhere. Throws as {@link task}. */
  addTask<T extends Task<never>>(task: T): T {
    const { name, use = [] } = task.init;
    this.#add({ name, task, defaults: {}, uses: () => use });
    return task;
  }

  /**
   * Defines the tasks of a protobuf service, with handlers for those that are run here. Their names are always
   * `package.Service/Method`. Throws as {@link task}; CONFIG_INVALID for a handler of what is no task of the service.
   */
  service<S extends DescService>(
    service: S,
    handlers: ServiceHandlers<S>,
    options: ServiceOptions<S> = {},
  ): ServiceTasks<S> {
    const tasks = serviceTasks(service, handlers, options, callPlace());
    for (const task of tasks) this.#add({ name: task.name, task, defaults: {}, uses: () => [] });
    return Object.fromEntries(tasks.map((task) => [task.localName, task])) as ServiceTasks<S>;
  }

  /**
   * A middleware for the handlers of this router's tasks, or a plugin that hears of them alone; also of those defined
   * before. Called before the app starts or connects: CONFIG_INVALID afterwards.
   */
  use(use: Use): this {
    if (this.#usesAreFinal)
      throw new QTasksError(
        "CONFIG_INVALID",
        "an app with this router has been started or connected: use plugins and middlewares before",
      );
    this.#uses.push(use);
    return this;
  }

  /** Includes another router's tasks, those of now and those to come, under this one's prefix and defaults. */
  includeRouter(router: Router): void {
    if (router === this || router.includes(this))
      throw new QTasksError("CONFIG_INVALID", "a router can't include itself");
    this.#children.push(router);
    router.attach((entry) => this.#add(entry));
  }

  /** Calls back for each task, those of now at once and those to come. What the callback throws refuses the task. */
  attach(sink: Sink): void {
    for (const entry of this.#entries) sink(entry);
    this.#sinks.push(sink);
  }

  /** What this router and all that it includes use. From now on nothing can be added. */
  everyUse(): readonly Use[] {
    return [...this.#finalUses(), ...this.#children.flatMap((child) => child.everyUse())];
  }

  /** This router includes the other, or one that includes it. */
  includes(router: Router): boolean {
    return this.#children.some((child) => child === router || child.includes(router));
  }

  #add(inner: TaskEntry): void {
    const entry: TaskEntry = {
      name: inner.task.hasFixedName ? inner.name : this.#prefix + inner.name,
      task: inner.task,
      defaults: mergeDefaults(this.#defaults, inner.defaults),
      uses: () => [...this.#finalUses(), ...inner.uses()],
    };
    const earlier = this.#entries.find(({ name, task }) => name === entry.name && task.isHandled);
    if (earlier !== undefined && entry.task.isHandled) throw duplicate(entry, earlier);
    for (const sink of this.#sinks) sink(entry);
    this.#entries.push(entry);
  }

  #finalUses(): readonly Use[] {
    this.#usesAreFinal = true;
    return this.#uses;
  }
}

function duplicate({ name, task }: TaskEntry, earlier: TaskEntry): QTasksError {
  return new QTasksError(
    "DEFINITION_CONFLICT",
    `the task ${name} is defined twice: at ${earlier.task.place} and at ${task.place}`,
    { metadata: { name } },
  );
}
