/** W9: what it costs when nothing is to be done. */
import { setTimeout as sleep } from "node:timers/promises";
import type { BenchOptions } from "../options.ts";
import type { RunningSystem } from "../systems/system.ts";
import { contestant, measure } from "./running.ts";
import type { Outcome, Work } from "./work.ts";

const WORKERS = 10;

export const idle: Work = {
  id: "W9",
  title: "idle",
  describe: ({ idleMs }) =>
    `no task, ${WORKERS} idle workers more (of QTasks over gRPC, all in one process), for ${idleMs / 1000} s: commands ` +
    `that Redis was sent, without those inside scripts, and CPU of the server (BullMQ: of the workers)`,
  figures: { commandsPerSecond: "commands/s", cpuPercent: "CPU %", redisCpuPercent: "Redis CPU %" },
  maxRounds: 1,
  contestants: ({ options, systems }) =>
    systems.map((system) => contestant(system, options, (running) => rest(running, options))),
};

async function rest(running: RunningSystem, { idleMs }: BenchOptions): Promise<Outcome> {
  await running.addIdleWorkers(WORKERS);
  // Time passes on purpose: what is measured is what happens when nothing does.
  await sleep(idleMs / 5);
  const commands = await running.watchCommands();
  const { elapsedMs, costs } = await measure(running, () => sleep(idleMs));
  const sent = commands?.();
  const percent = (roles: readonly string[]): number =>
    costs
      .filter(({ role }) => roles.includes(role))
      .reduce((sum, { cpuMs }) => sum + (100 * cpuMs) / elapsedMs, 0);
  const service = running.parts.some(({ role }) => role === "server") ? "server" : "worker";
  const values: Record<string, number> = { cpuPercent: percent([service]) };
  if (sent !== undefined) {
    values["commandsPerSecond"] = (sent * 1000) / elapsedMs;
    values["redisCpuPercent"] = percent(["redis"]);
  }
  return { values, costs, tasks: 0, lost: 0, doubled: 0 };
}
