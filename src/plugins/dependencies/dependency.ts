/** Dependencies: values that handlers need, declared with how they are made and given up. */
import type { Logger } from "pino";
import { contextKey } from "../../core/context-values.ts";
import { QTasksError } from "../../core/errors.ts";
import type { HandlerContext } from "../../worker/context.ts";

/**
 * How long a value lives, the longest first. `app`: until the app stops. `worker`: until its worker ends, which an operator
 * may drain while the app runs. `task`: until the handler of an attempt has ended.
 */
export const SCOPES = ["app", "worker", "task"] as const;

export type DependencyScope = (typeof SCOPES)[number];

/** What a value of this scope can use: what lives as long, or longer. */
export type UsableScope<Scope extends DependencyScope> = Scope extends "app"
  ? "app"
  : Scope extends "worker"
    ? "app" | "worker"
    : DependencyScope;

/** What a value is made with. */
export interface CreateParts<Scope extends DependencyScope = DependencyScope> {
  /** Another dependency's value. CONFIG_INVALID for one that lives shorter, and where both wait for each other. */
  readonly get: <T>(dependency: Dependency<T, UsableScope<Scope>>) => Promise<T>;
  readonly logger: Logger;
  /** Aborts when the value is needed no more: with its attempt, or at the end of its worker or app. */
  readonly signal: AbortSignal;
  /** Of the attempt, in the scope `task`. */
  readonly context: Scope extends "task" ? HandlerContext : undefined;
}

/** What a value is given up with. */
export interface DisposeParts<Scope extends DependencyScope = DependencyScope> {
  /**
   * In the scope `task` why the attempt does not succeed: what was thrown, or the signal's reason where its time is up, its
   * lease lost or the task given back. Undefined while it does: commit now, before the success is reported.
   */
  readonly error: Scope extends "task" ? Error | undefined : undefined;
}

/** How a value is made and given up. */
export interface DependencyInit<T, Scope extends DependencyScope> {
  /** For people. */
  readonly name: string;
  readonly scope: Scope;
  /** Called when the value is first asked for; after an error again, when it is asked for again. */
  readonly create: (parts: CreateParts<Scope>) => T | Promise<T>;
  /**
   * Called once. What it throws fails an attempt that had succeeded until then, as if the handler had thrown it; after a
   * failure, and in other scopes, it is logged. @default the value's `Symbol.asyncDispose` or `Symbol.dispose`, if it has one
   */
  readonly dispose?: ((value: T, parts: DisposeParts<Scope>) => unknown) | undefined;
}

/** A value to be used in place of what a dependency makes. Made by {@link Dependency.as}. */
export interface DependencyOverride {
  readonly dependency: AnyDependency;
  readonly value: unknown;
}

export type AnyDependency = Dependency<unknown>;

/** @internal Gives the values of one attempt; set for each by the plugin. */
export const VALUES_OF_TASK =
  contextKey<(dependency: AnyDependency) => Promise<unknown>>("dependencies");

/** Declared by {@link dependency}. Holds no value: several apps may use it, each with values of its own. */
export class Dependency<T, Scope extends DependencyScope = DependencyScope> {
  readonly name: string;
  readonly scope: Scope;
  readonly #create: (parts: never) => unknown;
  readonly #dispose: ((value: never, parts: never) => unknown) | undefined;

  constructor(init: DependencyInit<T, Scope>) {
    this.name = init.name;
    this.scope = init.scope;
    this.#create = init.create;
    this.#dispose = init.dispose;
    Object.freeze(this);
  }

  /**
   * The value for this attempt; made first if need be, once for all that ask. Rejects with what its `create` throws, or
   * with the signal's reason when the attempt is aborted meanwhile. CONFIG_INVALID where the app has no plugin
   * `dependencies()`, and in threads.
   */
  of(context: HandlerContext): Promise<T> {
    const valueOf = context.values.get(VALUES_OF_TASK);
    if (valueOf === undefined) return Promise.reject(unreachable(this.name, context.name));
    return valueOf(this) as Promise<T>;
  }

  /** To be used in place of what would be made: for tests. It is not disposed. */
  as(value: T): DependencyOverride {
    return Object.freeze({ dependency: this, value });
  }

  /** @internal */
  create(parts: CreateParts): unknown {
    return this.#create(parts as never);
  }

  /** @internal */
  dispose(value: unknown, parts: DisposeParts): unknown {
    if (this.#dispose !== undefined) return this.#dispose(value as never, parts as never);
    const { [Symbol.asyncDispose]: later, [Symbol.dispose]: now } = Object(value) as Disposed;
    return (later ?? now)?.call(value);
  }
}

type Disposed = Partial<AsyncDisposable & Disposable>;

/**
 * Declares a value that handlers need, such as a pool of connections or a transaction:
 *
 *     const pool = dependency({ name: "pool", scope: "app", create: () => new Pool(), dispose: (pool) => pool.end() });
 *
 * CONFIG_INVALID names an option that is wrong.
 */
export function dependency<T, const Scope extends DependencyScope>(
  init: DependencyInit<T, Scope>,
): Dependency<T, Scope> {
  const { name, scope, create, dispose } = init;
  if (typeof name !== "string" || name === "") throw invalid("name: expected a text", name);
  if (!SCOPES.includes(scope))
    throw invalid(`${name}: scope: expected one of ${SCOPES.join(", ")}`, scope);
  if (typeof create !== "function") throw invalid(`${name}: create: expected a function`, create);
  if (dispose !== undefined && typeof dispose !== "function")
    throw invalid(`${name}: dispose: expected a function`, dispose);
  return new Dependency(init);
}

function invalid(what: string, got: unknown): QTasksError {
  const shown = typeof got === "string" ? JSON.stringify(got) : typeof got;
  return new QTasksError("CONFIG_INVALID", `dependency ${what}; got ${shown}`);
}

function unreachable(name: string, task: string): QTasksError {
  return new QTasksError(
    "CONFIG_INVALID",
    `the dependency ${name} can't be reached by the task ${task}: its app has no plugin dependencies(), ` +
      "or a middleware that was used before that plugin asks for it: use the plugin first; " +
      "or its handler runs in a thread, which shares no values with the worker",
  );
}
