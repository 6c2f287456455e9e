/** The values of one scope: an app's, a worker's, or those of one attempt. */
import type { Logger } from "pino";
import { QTasksError } from "../../core/errors.ts";
import { within } from "../../core/within.ts";
import type { HandlerContext } from "../../worker/context.ts";
import type { AnyDependency, CreateParts, DependencyScope } from "./dependency.ts";
import { Making } from "./making.ts";

/** What all scopes of an app share. */
export interface ScopeParts {
  readonly logger: Logger;
  readonly overrides: ReadonlyMap<AnyDependency, unknown>;
  /** Longest that one disposal is waited for, and at the end what is still being made, in ms. */
  readonly disposeTimeoutMs: number;
}

/** Whose values they are. */
export interface ScopeInit {
  readonly scope: DependencyScope;
  /** The next wider scope. */
  readonly parent?: ScopeValues | undefined;
  /** For errors, such as `the handler of mail.send`. */
  readonly owner: string;
  readonly context?: HandlerContext | undefined;
}

interface Made {
  readonly dependency: AnyDependency;
  readonly value: unknown;
}

/** Open, then closing: what is being made is waited for; then closed: what comes late is given up at once. */
type State = "open" | "closing" | "closed";

export class ScopeValues {
  readonly #init: ScopeInit;
  readonly #parts: ScopeParts;
  readonly #makings = new Map<AnyDependency, Making>();
  readonly #made: Made[] = [];
  #ending: AbortController | undefined;
  #state: State = "open";

  constructor(init: ScopeInit, parts: ScopeParts) {
    this.#init = init;
    this.#parts = parts;
  }

  /** The value, of this scope or a wider one. `asker`: whose `create` asks. */
  async get(dependency: AnyDependency, asker?: Making): Promise<unknown> {
    const { overrides } = this.#parts;
    if (overrides.has(dependency)) return overrides.get(dependency);
    const making = this.#find(dependency, asker);
    asker?.waitFor(making);
    return making.promise;
  }

  /** Whether nothing needs to be waited for. */
  has(dependency: AnyDependency): boolean {
    const { scope, parent } = this.#init;
    if (dependency.scope !== scope) return parent?.has(dependency) === true;
    return this.#makings.get(dependency)?.settled === true;
  }

  /** Gives up all values, the latest first. Never rejects: what can't be disposed is logged. Idempotent. */
  async close(): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#ending?.abort(this.#over());
    if (this.#makings.size > 0) await this.#untilMade();
    this.#state = "closed";
    for (let made = this.#made.pop(); made; made = this.#made.pop()) await this.#dispose(made);
  }

  #find(dependency: AnyDependency, asker: Making | undefined): Making {
    const { scope, parent } = this.#init;
    if (dependency.scope === scope) return this.#own(dependency);
    if (parent === undefined) throw tooShort(dependency, asker);
    return parent.#find(dependency, asker);
  }

  #own(dependency: AnyDependency): Making {
    if (this.#state !== "open") throw this.#over();
    let making = this.#makings.get(dependency);
    if (making === undefined) {
      making = new Making(dependency, (own) => this.#make(own));
      this.#makings.set(dependency, making);
    }
    return making;
  }

  async #make(making: Making): Promise<unknown> {
    const { dependency } = making;
    try {
      const value = await dependency.create(this.#createParts(making));
      const made = { dependency, value };
      if (this.#state !== "closed") this.#made.push(made);
      else {
        await this.#dispose(made);
        throw this.#over();
      }
      return value;
    } catch (error) {
      this.#makings.delete(dependency);
      throw error;
    }
  }

  #createParts(making: Making): CreateParts {
    const { context } = this.#init;
    const logger = (): Logger =>
      this.#parts.logger.child({ dependency: making.dependency.name, taskId: context?.taskId });
    const signal = (): AbortSignal => context?.signal ?? this.#signal;
    return {
      get: (dependency) => this.get(dependency, making) as Promise<never>,
      // Made when they are asked for: values of tasks are made often.
      get logger() {
        return logger();
      },
      get signal() {
        return signal();
      },
      context,
    };
  }

  get #signal(): AbortSignal {
    this.#ending ??= new AbortController();
    if (this.#state !== "open") this.#ending.abort(this.#over());
    return this.#ending.signal;
  }

  async #untilMade(): Promise<void> {
    const promises = [...this.#makings.values()].map(({ promise }) => promise);
    try {
      await this.#inTime(Promise.allSettled(promises));
    } catch (err) {
      this.#log(
        err,
        "a dependency is still being made at the end: it is given up when it is there",
      );
    }
  }

  async #dispose({ dependency, value }: Made): Promise<void> {
    try {
      const disposing = dependency.dispose(value);
      if (disposing instanceof Promise) await this.#inTime(disposing);
      else await disposing;
    } catch (err) {
      this.#log(err, "a dependency could not be disposed", dependency);
    }
  }

  async #inTime(promise: Promise<unknown>): Promise<void> {
    const { disposeTimeoutMs } = this.#parts;
    if (!(await within(disposeTimeoutMs, promise)))
      throw new Error(`not done after ${disposeTimeoutMs} ms`);
  }

  #log(err: unknown, message: string, dependency?: AnyDependency): void {
    const { scope, context } = this.#init;
    const facts = { dependency: dependency?.name, scope, taskId: context?.taskId };
    this.#parts.logger.error({ err, ...facts }, message);
  }

  #over(): QTasksError {
    const { owner } = this.#init;
    return new QTasksError("SHUTTING_DOWN", `${owner} has ended: its dependencies are given up`);
  }
}

function tooShort(wanted: AnyDependency, asker: Making | undefined): QTasksError {
  const { name, scope } = asker?.dependency ?? { name: "what is made at the start", scope: "app" };
  return new QTasksError(
    "CONFIG_INVALID",
    `the dependency ${name} of the scope ${scope} can't use ${wanted.name} of the scope ${wanted.scope}: ` +
      "that one ends before it",
  );
}
