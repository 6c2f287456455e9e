/** Simulated clients: what they begin is drawn, and none of them waits for another. */
import type { Answer } from "../answer.ts";
import type { Call, EnqueuedTask } from "../call.ts";
import type { Random } from "../../random.ts";
import type { Script } from "../script.ts";
import type { Network, Respond } from "./network.ts";
import type { SimulatedServer } from "./server.ts";
import type { Waiters } from "./waiters.ts";

export interface SimulatedClientsOptions {
  readonly random: Random;
  readonly script: Script;
  readonly network: Network;
  readonly server: SimulatedServer;
  readonly waiters: Waiters;
  readonly clients: number;
}

const KEYS = 3;
const PROBES = [0, 3, -2, 3, 7];

export class SimulatedClients {
  readonly #options: SimulatedClientsOptions;
  /** Ids that somebody tried to enqueue. */
  readonly wanted: string[] = [];
  readonly #specs = new Map<string, EnqueuedTask>();

  constructor(options: SimulatedClientsOptions) {
    this.#options = options;
  }

  /** Tasks of different priorities on a queue of their own, and one worker that gets them afterwards. */
  probe(): void {
    const { script, server } = this.#options;
    const queue = "probe";
    const taskIds = PROBES.map((priority, index) => {
      const task = { taskId: `probe-${index}`, name: "work", queue, priority };
      const at = 50 * index;
      const enqueued = [server.enqueue(task, 1_000_000 + at + 1)];
      script.call({ op: "enqueue", tasks: [task] }, { enqueued }, { at, by: "prober" });
      return task.taskId;
    });
    const harness = (at: number) => ({ at, probe: "probe" });
    script.event("prober", { type: "probe", ...harness(300), taskIds });
    for (const [index] of PROBES.entries()) {
      const at = 310 + 20 * index;
      const lease = server.poll(queue, 1_000_000 + at + 1)!;
      const { taskId, token } = lease;
      const poll = { op: "poll", session: "prober", max: 1 } as const;
      script.call(poll, { leases: [lease] }, { at, by: "prober" });
      const outcome = { taskId, token, kind: "success" } as const;
      const verdicts = [server.report(outcome, 1_000_000 + at + 8)];
      const report = { op: "report", session: "prober", outcomes: [outcome] } as const;
      script.call(report, { verdicts }, { at: at + 7, by: "prober" });
    }
    script.event("prober", { type: "probeEnded", ...harness(600) });
  }

  /** One client does one thing. */
  act(): void {
    const { random } = this.#options;
    const roll = random.whole(1, 20);
    if (this.wanted.length === 0 || roll <= 9) this.#enqueue();
    else if (roll <= 12) this.#await();
    else if (roll <= 15) this.#control("cancel");
    else if (roll === 16) this.#control("retry");
    else if (roll === 17) this.#control("reschedule");
    else this.#get();
  }

  #enqueue(): void {
    const { random, server } = this.#options;
    // Now and then the repeat of an earlier one.
    const isRepeat = random.chance(0.1) && this.wanted.length > 0;
    const task = (isRepeat ? this.#specs.get(this.#any()) : undefined) ?? this.#newTask();
    this.#call({ op: "enqueue", tasks: [task] }, (now, respond) =>
      respond({ enqueued: [server.enqueue(task, now)] }),
    );
  }

  #newTask(): EnqueuedTask {
    const { random } = this.#options;
    const taskId = `task-${this.wanted.length}`;
    const task: EnqueuedTask = {
      taskId,
      name: "work",
      ...(random.chance(0.2) ? { delayMs: random.whole(100, 2_000) } : {}),
      ...(random.chance(0.3) ? { uniqueKey: `key-${random.whole(1, KEYS)}` } : {}),
    };
    this.wanted.push(taskId);
    this.#specs.set(taskId, task);
    return task;
  }

  #get(): void {
    const { random, server } = this.#options;
    const taskId = this.#any();
    const isFull = random.chance(0.5);
    this.#call({ op: "get", taskIds: [taskId] }, (now, respond) => {
      const task = server.sight(taskId, now, isFull);
      respond(task === undefined ? "TASK_NOT_FOUND" : { tasks: [task] });
    });
  }

  #await(): void {
    const { random, server, waiters, network } = this.#options;
    const taskId = this.#any();
    const waitMs = random.whole(0, 3_000);
    this.#call({ op: "await", taskIds: [taskId], waitMs }, (now, respond) => {
      const answer = (at: number): void => {
        const task = server.sight(taskId, at);
        const done = task?.endedAt !== undefined;
        respond(task === undefined ? "TASK_NOT_FOUND" : { tasks: [task], done });
      };
      const task = server.sight(taskId, now);
      if (task === undefined || task.endedAt !== undefined) return answer(now);
      let isOver = false;
      const end = (at: number): void => {
        if (!isOver) answer(at);
        isOver = true;
        forget();
      };
      const forget = waiters.add(taskId, end);
      network.after(waitMs, () => end(network.now + 1_000_000));
    });
  }

  #control(op: "cancel" | "retry" | "reschedule"): void {
    const { random, server } = this.#options;
    const taskId = this.#any();
    const isForced = random.chance(0.3);
    const delayMs = random.whole(0, 500);
    this.#call({ op, taskId }, (now, respond) => {
      const refused =
        op === "cancel"
          ? server.cancel(taskId, now, isForced)
          : op === "retry"
            ? server.retry(taskId, now)
            : server.reschedule(taskId, now, delayMs);
      const task = server.sight(taskId, now);
      const answer: Answer = { tasks: task === undefined ? [] : [task] };
      respond(refused ?? answer);
    });
  }

  #call(request: Call, effect: (now: number, respond: Respond) => void): void {
    const { random, network, clients } = this.#options;
    network.exchange({ by: `client-${random.whole(1, clients)}`, request, effect });
  }

  #any(): string {
    return this.wanted[this.#options.random.whole(0, this.wanted.length - 1)]!;
  }
}
