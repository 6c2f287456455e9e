/** Waits until tasks flow again: from every client's side, through every server, to every worker. */
import { setTimeout as sleep } from "node:timers/promises";
import { connect, QTasksError, type TaskClient } from "../../src/client/index.ts";
import type { Scene } from "./faults/fault.ts";
import { queueAt, WORK, type Work } from "./programs/tasks.ts";

/** No more patience than this, ms. */
const LIMIT_MS = 120_000;
/** One look, ms: what is not through by then is asked for anew. */
const LOOK_MS = 15_000;
const PAUSE_MS = 50;

/** A way that tasks must take. */
interface Way {
  readonly name: string;
  readonly client: TaskClient;
  readonly queue: string;
}

export class Recovery {
  readonly #clients: readonly TaskClient[];
  readonly #ways: readonly Way[];

  constructor({ site }: Scene) {
    const options = { timeoutMs: LOOK_MS, patienceMs: LOOK_MS };
    const clients = site.servers.map(({ toClients }) =>
      connect({ address: toClients.address, ...options }),
    );
    this.#clients = clients;
    this.#ways = site.servers.flatMap((server, at) =>
      site.workers.map((worker) => ({
        name: `${server.name} → ${worker.name}`,
        client: clients[at]!,
        queue: queueAt(worker.name),
      })),
    );
  }

  /** Settles when a new task came through every way; with those that did not, after two minutes. */
  async wait(): Promise<string | undefined> {
    const untilAt = performance.now() + LIMIT_MS;
    const failures = await Promise.all(this.#ways.map((way) => this.#through(way, untilAt)));
    const stuck = failures.filter((failure) => failure !== undefined);
    return stuck.length === 0 ? undefined : stuck.join("; ");
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }

  async #through({ name, client, queue }: Way, untilAt: number): Promise<string | undefined> {
    for (;;) {
      try {
        const input: Work = { takesMs: 0 };
        const { id } = await client.enqueue(WORK, input, { queue, priority: 100 });
        await client.await(id, { timeoutMs: LOOK_MS });
        return undefined;
      } catch (thrown) {
        const { reason, message } = QTasksError.from(thrown);
        if (performance.now() >= untilAt) return `${name}: ${reason} (${message})`;
        await sleep(PAUSE_MS);
      }
    }
  }
}
