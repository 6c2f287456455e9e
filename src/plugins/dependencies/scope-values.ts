/** The values of one scope: an app's, a worker's, or those of one attempt. */
import type { Logger } from "pino";
import { QTasksError } from "../../core/errors.ts";
import { within } from "../../core/within.ts";
import type { HandlerContext } from "../../worker/context.ts";
import type { AttemptEnd } from "./attempt-end.ts";
import type { AnyDependency, CreateParts, DependencyScope } from "./dependency.ts";
import { Disposal, type Made } from "./disposal.ts";
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
  /** Of the attempt, in the scope `task`. */
  readonly end?: AttemptEnd | undefined;
}

/** Open, then closing: what is being made is waited for; then closed: what comes late is given up at once. */
type State = "open" | "closing" | "closed";

export class ScopeValues {
  readonly #init: ScopeInit;
  readonly #parts: ScopeParts;
  readonly #makings = new Map<AnyDependency, Making>();
  readonly #disposal: Disposal;
  #ending: AbortController | undefined;
  #state: State = "open";

  constructor(init: ScopeInit, parts: ScopeParts) {
    this.#init = init;
    this.#parts = parts;
    const { logger, disposeTimeoutMs: timeoutMs } = parts;
    this.#disposal = new Disposal({ logger, timeoutMs, end: init.end, facts: this.#facts });
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

  /** Gives up all values; rejects as {@link Disposal.run}. Idempotent. */
  async close(): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#ending?.abort(this.#over());
    if (this.#makings.size > 0) await this.#untilMade();
    this.#state = "closed";
    await this.#disposal.run();
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
      if (this.#state === "closed") await this.#refuse(made);
      this.#disposal.add(made);
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
    const { disposeTimeoutMs, logger } = this.#parts;
    const promises = [...this.#makings.values()].map(({ promise }) => promise);
    if (await within(disposeTimeoutMs, Promise.allSettled(promises))) return;
    const facts = { ...this.#facts, waitedMs: disposeTimeoutMs };
    logger.error(
      facts,
      "a dependency is still being made at the end: it is given up when it is there",
    );
  }

  async #refuse(made: Made): Promise<never> {
    const over = this.#over();
    await this.#disposal.refuse(made, over);
    throw over;
  }

  get #facts() {
    const { scope, context } = this.#init;
    return { scope, taskId: context?.taskId };
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
