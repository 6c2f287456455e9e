/** Tasks grouped under a prefix and common defaults, to be included in an app. */
import type { DescService } from "@bufbuild/protobuf";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { HandlerContext } from "../worker/context.ts";
import type { Handler } from "../worker/handler.ts";
import { Bindings } from "./binding.ts";
import { checkRouterOptions, checkTask, resolveInit } from "./known-options.ts";
import { callPlace } from "./place.ts";
import type { RouterOptions } from "./router-options.ts";
import { serviceTasks } from "./service.ts";
import type { ServiceHandlers, ServiceOptions, ServiceTasks } from "./service-handlers.ts";
import { TaskTree } from "./task-tree.ts";
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

export class Router extends TaskTree {
  /** Known across copies of this package, for what loads routers from files. */
  readonly kind = "qtasks.router";

  /** CONFIG_INVALID for an option that there is not, and for a prefix that is no text. */
  constructor(options: RouterOptions = {}) {
    checkRouterOptions(options);
    const { prefix = "", ...defaults } = options;
    super({ prefix, defaults });
  }

  /**
   * Defines a task. The types of its input and result follow from the handler, or from the schemas given as
   * `input` and `output`. DEFINITION_CONFLICT naming both places where the name is taken; CONFIG_INVALID for an option that
   * there is not, a name that is no text, a schema that is none, and where there is no handler.
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
    const resolved = resolveInit(init);
    const bindings = new Bindings(`${this.prefix}${resolved.name}`);
    return this.addTask(new Task<never>(resolved, handler as Handler, callPlace(), bindings));
  }

  /** @internal Adds a task that was made elsewhere. Throws as {@link task}. */
  addTask<T extends Task<never>>(task: T): T {
    checkTask(task);
    const { name, use = [] } = task.init;
    this.addAll([{ name, task, defaults: {}, uses: () => use }]);
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
    this.addAll(tasks.map((task) => ({ name: task.name, task, defaults: {}, uses: () => [] })));
    return Object.fromEntries(tasks.map((task) => [task.localName, task])) as ServiceTasks<S>;
  }
}
