/** How far a plugin reaches within an app. */

/** All of the app, or the tasks of the routers and tasks that use the plugin. */
export class Reach {
  #all = false;
  readonly #tasks = new Set<string>();

  get isAll(): boolean {
    return this.#all;
  }

  /** Reaches all from now on. */
  addAll(): void {
    this.#all = true;
  }

  add(task: string): void {
    this.#tasks.add(task);
  }

  has(task: string): boolean {
    return this.#all || this.#tasks.has(task);
  }
}
