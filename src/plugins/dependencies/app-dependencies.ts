/** The dependencies of one app, from the start of its worker to its own stop. */
import type { HandlerContext } from "../../worker/context.ts";
import type { Next } from "../../worker/middleware.ts";
import { AttemptEnd } from "./attempt-end.ts";
import { VALUES_OF_TASK, type AnyDependency } from "./dependency.ts";
import type { ResolvedDependenciesOptions } from "./options.ts";
import { ScopeValues, type ScopeParts } from "./scope-values.ts";
import { unlessAborted } from "./unless-aborted.ts";

export class AppDependencies {
  readonly #parts: ScopeParts;
  readonly #eager: readonly AnyDependency[];
  readonly #eagerOfTasks: readonly AnyDependency[];
  #app: ScopeValues | undefined;
  #worker: ScopeValues | undefined;

  constructor(options: ResolvedDependenciesOptions, logger: ScopeParts["logger"]) {
    this.#parts = { ...options, logger };
    this.#eager = options.eager.filter(({ scope }) => scope !== "task");
    this.#eagerOfTasks = options.eager.filter(({ scope }) => scope === "task");
  }

  /** A worker starts: its scope begins, and the app's with the first one. */
  async startWorker(): Promise<void> {
    this.#app ??= new ScopeValues({ scope: "app", owner: "the app" }, this.#parts);
    const init = { scope: "worker", owner: "the worker", parent: this.#app } as const;
    const worker = (this.#worker = new ScopeValues(init, this.#parts));
    for (const dependency of this.#eager) await worker.get(dependency);
  }

  /** The worker has ended. */
  async stopWorker(): Promise<void> {
    await this.#worker?.close();
    this.#worker = undefined;
  }

  /** The app stops. */
  async stopApp(): Promise<void> {
    await this.stopWorker();
    await this.#app?.close();
    this.#app = undefined;
  }

  /** Around one run of a handler. What the disposal of a value throws fails an attempt that had succeeded until then. */
  async run(context: HandlerContext, next: Next): Promise<unknown> {
    const owner = `the handler of ${context.name}`;
    const end = new AttemptEnd(context);
    const init = { scope: "task", owner, parent: this.#worker, context, end } as const;
    const values = new ScopeValues(init, this.#parts);
    const valueOf = (dependency: AnyDependency): Promise<unknown> => {
      const value = values.get(dependency);
      return values.has(dependency) ? value : unlessAborted(context.signal, value);
    };
    context.values.set(VALUES_OF_TASK, valueOf);
    try {
      for (const dependency of this.#eagerOfTasks) await valueOf(dependency);
      return await next();
    } catch (thrown) {
      end.fail(thrown);
      throw thrown;
    } finally {
      await values.close();
    }
  }
}
