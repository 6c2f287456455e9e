/** Tasks grouped under a prefix and common defaults, to be included in an app. */
import type { DescService } from "@bufbuild/protobuf";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { QTasksError } from "../core/errors.ts";
import type { HandlerContext } from "../worker/context.ts";
import type { Handler } from "../worker/handler.ts";
import type { Use } from "../worker/use.ts";
import { checkRouterOptions } from "./known-options.ts";
import { callPlace } from "./place.ts";
import type { RouterOptions } from "./router-options.ts";
import type { RouterTask } from "./router-task.ts";
import { serviceTasks } from "./service.ts";
import type { ServiceHandlers, ServiceOptions, ServiceTasks } from "./service-handlers.ts";
import { mergeDefaults, type TaskDefaults } from "./task-defaults.ts";
import { Task } from "./task.ts";
import type { TaskInit } from "./task-init.ts";
import type {
  Gives,
  GivesAny,
  InitOf,
  ResultOf,
  Returning,
  Takes,
  TakesAny,
} from "./task-types.ts";

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

export interface AttachOptions {
  /** Called with the tasks before the first of them is given; what it throws refuses them all. @default none */
  readonly check?: ((entries: readonly TaskEntry[]) => void) | undefined;
  /** Leaves out that many of the earliest tasks. @default 0 */
  readonly from?: number | undefined;
}

interface Follower {
  readonly sink: Sink;
  readonly check: NonNullable<AttachOptions["check"]>;
}

/** A router that is included here, or was. */
interface Child {
  /** How many of its tasks are here. */
  taken: number;
  /** Unset where it is included no more. */
  detach: (() => void) | undefined;
}

export class Router {
  /** Known across copies of this package, for what loads routers from files. */
  readonly kind = "qtasks.router";
  readonly #prefix: string;
  readonly #defaults: TaskDefaults;
  readonly #entries: TaskEntry[] = [];
  /** Those with a handler, by name. */
  readonly #handled = new Map<string, RouterTask>();
  readonly #followers = new Set<Follower>();
  readonly #children = new Map<Router, Child>();
  readonly #uses: Use[] = [];
  #usesAreFinal = false;

  /** CONFIG_INVALID for an option that there is not. */
  constructor(options: RouterOptions = {}) {
    checkRouterOptions(options);
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
    this.#addAll([{ name, task, defaults: {}, uses: () => use }]);
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
    this.#addAll(tasks.map((task) => ({ name: task.name, task, defaults: {}, uses: () => [] })));
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

  /**
   * Includes another router's tasks, those of now and those to come, under this one's prefix and defaults; all of
   * those of now or, where one is refused, none. Throws as {@link task}.
   */
  includeRouter(router: Router): void {
    if (router === this || router.includes(this))
      throw new QTasksError("CONFIG_INVALID", "a router can't include itself");
    const child = this.#children.get(router) ?? { taken: 0, detach: undefined };
    if (child.detach !== undefined)
      throw new QTasksError("DEFINITION_CONFLICT", "the router is included already");
    const check = (entries: readonly TaskEntry[]) => this.#check(entries);
    const take = (entry: TaskEntry) => {
      this.#add(entry);
      child.taken++;
    };
    child.detach = router.attach(take, { check, from: child.taken });
    this.#children.set(router, child);
  }

  /**
   * Takes none of the tasks that an included router gets from now on, and is not known to it any more. Its tasks of
   * before stay; where it is included again, those follow that came in between.
   */
  detachRouter(router: Router): void {
    const child = this.#children.get(router);
    child?.detach?.();
    if (child !== undefined) child.detach = undefined;
  }

  /**
   * Calls back for each task, those of now at once and those to come. What the callback throws refuses the task. Gives
   * what ends it.
   */
  attach(sink: Sink, { check = () => {}, from = 0 }: AttachOptions = {}): () => void {
    const follower: Follower = { sink, check };
    const entries = this.#entries.slice(from);
    check(entries);
    for (const entry of entries) sink(entry);
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  /** What this router and all that it includes use. From now on nothing can be added. */
  everyUse(): readonly Use[] {
    return [
      ...this.#finalUses(),
      ...[...this.#children.keys()].flatMap((child) => child.everyUse()),
    ];
  }

  /** This router includes the other, or one that includes it. */
  includes(router: Router): boolean {
    return [...this.#children].some(
      ([child, { detach }]) => detach !== undefined && (child === router || child.includes(router)),
    );
  }

  #addAll(inner: readonly TaskEntry[]): void {
    this.#check(inner);
    for (const entry of inner) this.#add(entry);
  }

  /** Throws before anything is added where a name is taken, here or in who follows this router. */
  #check(inner: readonly TaskEntry[]): void {
    const entries = inner.map((entry) => this.#outer(entry));
    const fresh = new Map<string, RouterTask>();
    for (const { name, task } of entries) {
      if (!task.isHandled) continue;
      const earlier = this.#handled.get(name) ?? fresh.get(name);
      if (earlier !== undefined) throw duplicate(name, earlier, task);
      fresh.set(name, task);
    }
    for (const { check } of this.#followers) check(entries);
  }

  /** One that {@link #check} let pass. */
  #add(inner: TaskEntry): void {
    const entry = this.#outer(inner);
    for (const { sink } of this.#followers) sink(entry);
    this.#entries.push(entry);
    if (entry.task.isHandled) this.#handled.set(entry.name, entry.task);
  }

  /** A task as this router has it. */
  #outer(inner: TaskEntry): TaskEntry {
    return {
      name: inner.task.hasFixedName ? inner.name : this.#prefix + inner.name,
      task: inner.task,
      defaults: mergeDefaults(this.#defaults, inner.defaults),
      uses: () => [...this.#finalUses(), ...inner.uses()],
    };
  }

  #finalUses(): readonly Use[] {
    this.#usesAreFinal = true;
    return this.#uses;
  }
}

function duplicate(name: string, earlier: RouterTask, task: RouterTask): QTasksError {
  return new QTasksError(
    "DEFINITION_CONFLICT",
    `the task ${name} is defined twice: at ${earlier.place} and at ${task.place}`,
    { metadata: { name } },
  );
}
