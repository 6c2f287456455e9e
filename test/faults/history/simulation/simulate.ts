/** Makes a history that is correct: clients, workers and a network that fails them, around a perfect server. */
import { Random } from "../../random.ts";
import { Script } from "../script.ts";
import { SimulatedClients } from "./clients.ts";
import { Network, type Outage } from "./network.ts";
import { SimulatedServer } from "./server.ts";
import { Waiters } from "./waiters.ts";
import { SimulatedWorker } from "./worker.ts";

export interface SimulationOptions {
  readonly seed: number;
  readonly clients: number;
  readonly workers: number;
  /** How much clients begin. */
  readonly actions: number;
  /** Share of calls that something happens to, 0 to 1. */
  readonly lossRate: number;
  /** Share of attempts whose worker falls silent for longer than its lease, 0 to 1. */
  readonly zombieRate: number;
  readonly outages: number;
}

const SWEEP_MS = 500;
const HOLD_MS = 1_000;
const ACTION_MS = 100;
const MAX_MS = 600_000;

/** The same options make the same history. */
export function simulate(options: SimulationOptions): Script {
  const script = new Script();
  const random = new Random(options.seed);
  const endAt = Math.max(2_000, options.actions * ACTION_MS);
  const outages = makeOutages(script, random, options.outages, endAt);
  const network = new Network({ random, script, outages, lossRate: options.lossRate });
  const waiters = new Waiters();
  const server = new SimulatedServer((taskId, now) => waiters.ended(taskId, now));
  const parts = { random, script, network, server, waiters };
  const clients = new SimulatedClients({ ...parts, clients: options.clients });
  clients.probe();
  for (let index = 0; index < options.actions; index++)
    network.at(1_000 + random.whole(0, endAt), () => clients.act());
  const workers = Array.from(
    { length: options.workers },
    (_, index) =>
      new SimulatedWorker({ ...parts, name: `worker-${index}`, zombieRate: options.zombieRate }),
  );
  for (const worker of workers) worker.poll();
  sweepFrom(0);
  // From here on all is well, so that everything comes to an end.
  network.at(endAt + 2_000, () => {
    network.isLossy = false;
    for (const worker of workers) worker.calm();
  });
  let settledAt = Infinity;
  network.run(() => {
    if (network.now > MAX_MS) throw new Error("the simulation comes to no end");
    if (network.now < endAt + 3_000 || !server.isIdle) settledAt = Infinity;
    else settledAt = Math.min(settledAt, network.now);
    return network.now > settledAt + 3_000;
  });
  readOut();
  return script;

  function sweepFrom(at: number): void {
    network.at(at, () => {
      const outage = network.outageAt(at);
      const isHeld = outages.some(({ to }) => at > to && at <= to + HOLD_MS);
      if (outage === undefined && !isHeld) server.sweep(network.now + 1_000_000);
      sweepFrom(at + SWEEP_MS);
    });
  }

  function readOut(): void {
    const taskIds = [...new Set([...server.taskIds, ...clients.wanted])];
    const now = network.now;
    const sights = taskIds.map((id) => server.sight(id, now + 1_000_000, true));
    const tasks = sights.filter((sight) => sight !== undefined);
    const missing = taskIds.filter((_, index) => sights[index] === undefined);
    const placed = { at: now, by: "harness" };
    script.call({ op: "readOut", taskIds }, { tasks, missing }, placed);
  }
}

function makeOutages(script: Script, random: Random, count: number, endAt: number): Outage[] {
  const outages: Outage[] = [];
  let from = 1_500;
  for (let index = 0; index < count; index++) {
    from += random.whole(500, 4_000);
    const to = from + random.whole(100, 3_500);
    if (to > endAt) break;
    const affects = ["server", "backend"] as const;
    script.injection(`outage-${index}`, { at: from, until: to + 1, outage: true, affects });
    outages.push({ from, to });
    from = to + 1_000;
  }
  return outages;
}
