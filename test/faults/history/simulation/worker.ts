/** A simulated worker: polls, runs one attempt at a time, renews and reports. */
import type { LeaseHandedOut } from "../answer.ts";
import type { ReportedOutcome } from "../call.ts";
import type { Random } from "../../random.ts";
import type { Script } from "../script.ts";
import type { Network } from "./network.ts";
import type { SimulatedServer } from "./server.ts";

export interface SimulatedWorkerOptions {
  readonly random: Random;
  readonly script: Script;
  readonly network: Network;
  readonly server: SimulatedServer;
  readonly name: string;
  readonly zombieRate: number;
}

const IDLE_MS = 60;
const HEARTBEAT_MS = 500;
const REPEAT_MS = 150;

export class SimulatedWorker {
  readonly #options: SimulatedWorkerOptions;
  #isCalm = false;

  constructor(options: SimulatedWorkerOptions) {
    this.#options = options;
  }

  /** No more zombies, failures and releases. */
  calm(): void {
    this.#isCalm = true;
  }

  poll(): void {
    const { network, server, name } = this.#options;
    network.exchange({
      by: name,
      request: { op: "poll", session: name, max: 1 },
      effect: (now, respond) => {
        const lease = server.poll("default", now);
        respond({ leases: lease === undefined ? [] : [lease] });
      },
      heard: (answer) => {
        const lease = typeof answer === "object" ? answer.leases?.[0] : undefined;
        if (lease === undefined) network.after(IDLE_MS, () => this.poll());
        else this.#run(lease);
      },
    });
  }

  #run(lease: LeaseHandedOut): void {
    const { random, network, script, name, zombieRate } = this.#options;
    const { taskId, attempt, token } = lease;
    const at = network.now;
    script.event(name, { type: "handlerStarted", at, taskId, attempt, token });
    const isZombie = !this.#isCalm && random.chance(zombieRate);
    const attemptState = { isOver: false, isCanceled: false };
    const tookMs = isZombie ? random.whole(4_000, 6_000) : random.whole(1, 1_200);
    if (!isZombie) this.#renewFrom(lease, attemptState, random.whole(1, HEARTBEAT_MS));
    network.after(tookMs, () => {
      attemptState.isOver = true;
      this.#report(this.#outcome(lease, attemptState.isCanceled), 5);
    });
  }

  #renewFrom(
    lease: LeaseHandedOut,
    state: { isOver: boolean; isCanceled: boolean },
    inMs: number,
  ): void {
    const { network, server, name } = this.#options;
    const { taskId, token } = lease;
    network.after(inMs, () => {
      if (state.isOver) return;
      network.exchange({
        by: name,
        request: { op: "heartbeat", session: name, leases: [{ taskId, token }] },
        effect: (now, respond) => respond({ statuses: [server.renew(taskId, token, now)] }),
        heard: (answer) => {
          const word = typeof answer === "object" ? answer.statuses?.[0] : undefined;
          if (word?.verdict === "CANCEL_REQUESTED") state.isCanceled = true;
        },
      });
      this.#renewFrom(lease, state, HEARTBEAT_MS);
    });
  }

  #outcome({ taskId, token, attempt }: LeaseHandedOut, isCanceled: boolean): ReportedOutcome {
    const { random } = this.#options;
    if (isCanceled && random.chance(0.7))
      return { taskId, token, kind: random.chance(0.5) ? "canceled" : "release" };
    const roll = this.#isCalm ? 1 : random.whole(1, 10);
    if (roll <= 7) return { taskId, token, kind: "success", result: `${taskId}/${attempt}` };
    const delay = random.chance(0.5) ? { delayMs: random.whole(50, 800) } : {};
    return { taskId, token, kind: roll === 8 ? "release" : "failure", ...delay };
  }

  #report(outcome: ReportedOutcome, triesLeft: number): void {
    const { network, server, name, random } = this.#options;
    network.exchange({
      by: name,
      request: { op: "report", session: name, outcomes: [outcome] },
      effect: (now, respond) => respond({ verdicts: [server.report(outcome, now)] }),
      heard: (answer) => {
        // Now and then a report is repeated though it was answered.
        const isAnswered = typeof answer === "object" && random.chance(0.9);
        if (isAnswered || triesLeft === 0 || answer === undefined) this.poll();
        else network.after(REPEAT_MS, () => this.#report(outcome, triesLeft - 1));
      },
    });
  }
}
