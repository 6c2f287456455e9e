/** Tasks under a prefix and common defaults, with those of the routers that are included, and who follows them. */
import { QTasksError } from "../core/errors.ts";
import { typeName } from "../core/shown.ts";
import { checkUse, type Use } from "../worker/use.ts";
import type { RouterTask } from "./router-task.ts";
import { mergeDefaults, type TaskDefaults } from "./task-defaults.ts";

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

export interface TaskTreeOptions {
  /** Before the names of its tasks. */
  readonly prefix: string;
  /** Under the options of its tasks. */
  readonly defaults: TaskDefaults;
}

export class TaskTree {
  protected readonly prefix: string;
  readonly #defaults: TaskDefaults;
  readonly #entries: TaskEntry[] = [];
  /** Those with a handler, by name. */
  readonly #handled = new Map<string, RouterTask>();
  readonly #followers = new Set<Follower>();
  readonly #children = new Map<TaskTree, Child>();
  readonly #uses: Use[] = [];
  #usesAreFinal = false;

  constructor({ prefix, defaults }: TaskTreeOptions) {
    this.prefix = prefix;
    this.#defaults = defaults;
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
    checkUse("router.use", use);
    this.#uses.push(use);
    return this;
  }

  /**
   * Includes another router's tasks, those of now and those to come, under this one's prefix and defaults; all of
   * those of now or, where one is refused, none. Throws as `task`; CONFIG_INVALID for what is no router.
   */
  includeRouter(router: TaskTree): void {
    checkRouter(router);
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
  detachRouter(router: TaskTree): void {
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
  includes(router: TaskTree): boolean {
    return [...this.#children].some(
      ([child, { detach }]) => detach !== undefined && (child === router || child.includes(router)),
    );
  }

  /** All of them or, where one is refused, none. DEFINITION_CONFLICT naming both places where a name is taken. */
  protected addAll(inner: readonly TaskEntry[]): void {
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
      name: inner.task.hasFixedName ? inner.name : this.prefix + inner.name,
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

/** Not instanceof: it may be of another copy of this package. Modules that import each other see undefined. */
function checkRouter(router: unknown): void {
  if (typeof (Object(router) as Partial<TaskTree>).attach === "function") return;
  const why = `includeRouter: expected a Router; got ${typeName(router)}`;
  throw new QTasksError("CONFIG_INVALID", why);
}

function duplicate(name: string, earlier: RouterTask, task: RouterTask): QTasksError {
  return new QTasksError(
    "DEFINITION_CONFLICT",
    `the task ${name} is defined twice: at ${earlier.place} and at ${task.place}`,
    { metadata: { name } },
  );
}
