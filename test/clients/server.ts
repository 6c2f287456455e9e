/** The service under the clients' tests, in a process that can be killed. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestContext } from "node:test";
import { TaskState, type Task } from "../../gen/qtasksapi/v1/task_pb.ts";
import { connect, type TaskClient } from "../../src/client/index.ts";
import { stateName } from "../../src/core/state-names.ts";
import { startNode, type RunningProcess } from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";

const PROGRAM = join(import.meta.dirname, "programs/server.ts");
const PATIENCE_MS = 20_000;

export class Service {
  /** `HOST:PORT`, the same after a restart. */
  readonly grpc: string;
  readonly http: string;
  readonly tasks: TaskClient;
  readonly #t: TestContext;
  readonly #args: readonly string[];
  #process: RunningProcess;

  private constructor(
    t: TestContext,
    process: RunningProcess,
    args: readonly string[],
    at: RegExpMatchArray,
  ) {
    [, this.grpc = "", this.http = ""] = at;
    this.#t = t;
    this.#args = args;
    this.#process = process;
    this.tasks = connect({ address: this.grpc });
    t.after(() => this.tasks.close());
  }

  /** On SQLite by default, as users run it. `functions`: it runs the plain functions of the conformance workers itself. */
  static async start(
    t: TestContext,
    functions: "functions" | "" = "",
    url = `sqlite:${join(tempFolder(), "tasks.db")}`,
  ): Promise<Service> {
    const process = startNode(t, [PROGRAM, url, "127.0.0.1:0", "127.0.0.1:0", functions]);
    const at = await process.waitForLine(/^serves (\S+) (\S+)$/);
    return new Service(t, process, [PROGRAM, url, at[1]!, at[2]!, functions], at);
  }

  /** Kills the process without warning, and starts it again on the same data and ports. */
  async restart(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exit;
    this.#process = startNode(this.#t, this.#args);
    await this.#process.waitForLine(/^serves /);
  }

  /** What the clients' programs are told. */
  get env(): Readonly<Record<string, string>> {
    return { QTASKS_ADDRESS: this.grpc, QTASKS_HTTP: `http://${this.http}` };
  }

  /** Waits for a task of this name, other than those of `before`, that runs; its id. */
  running(name: string, before: ReadonlySet<string>): Promise<string> {
    return this.#inState(TaskState.RUNNING, name, before);
  }

  /** As {@link running}, for one that waits for a worker. */
  waiting(name: string, before: ReadonlySet<string>): Promise<string> {
    return this.#inState(TaskState.PENDING, name, before);
  }

  /** Ids of all tasks of this name. */
  async idsOf(name: string): Promise<Set<string>> {
    const ids = new Set<string>();
    for await (const { taskId } of this.tasks.list({ names: [name] })) ids.add(taskId);
    return ids;
  }

  /** The task in full. */
  get(taskId: string): Promise<Task> {
    return this.tasks.get(taskId);
  }

  #inState(state: TaskState, name: string, before: ReadonlySet<string>): Promise<string> {
    return this.#until(`a task ${name} that is ${stateName(state)}`, async () => {
      const { tasks } = await this.tasks.listPage({ names: [name], states: [state] });
      return tasks.find(({ taskId }) => !before.has(taskId))?.taskId;
    });
  }

  async #until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    while (performance.now() < deadline) {
      const found = await look();
      if (found !== undefined) return found;
      await sleep(20);
    }
    throw new Error(`waited ${PATIENCE_MS} ms for ${what}`);
  }
}
