/** Processes that are killed, or frozen until others have taken over from them. */
import type { Random } from "../random.ts";
import { isDurable } from "../site/layout.ts";
import type { SiteServer } from "../site/server.ts";
import type { Site } from "../site/site.ts";
import { ZOMBIE_MS } from "../timings.ts";
import type { Fault, Injection } from "./fault.ts";

/** SIGKILL; another life of it starts some time later. */
export const killWorker: Fault = {
  name: "kill-worker",
  plan({ site, random }) {
    const worker = random.pick(site.workers);
    return {
      target: worker.name,
      affects: ["worker"],
      touches: [worker.name],
      lastsMs: random.whole(0, 3_000),
      begin: () => worker.kill(),
      mend: () => worker.start(),
    };
  },
};

/** SIGSTOP beyond the lease: it wakes as a zombie that still believes in its attempts. */
export const freezeWorker: Fault = {
  name: "freeze-worker",
  plan({ site, random }) {
    const worker = random.pick(site.workers);
    return {
      target: worker.name,
      affects: ["worker"],
      touches: [worker.name],
      lastsMs: ZOMBIE_MS + random.whole(0, 2_000),
      begin: () => worker.signal("SIGSTOP"),
      mend: () => worker.signal("SIGCONT"),
    };
  },
};

/** SIGKILL; what was in memory alone would be gone, so not there. */
export const killServer: Fault = {
  name: "kill-server",
  plan({ site, random }) {
    if (!isDurable(site.layout)) return undefined;
    const server = random.pick(site.servers);
    return {
      ...hit(site, server),
      lastsMs: random.whole(0, 2_500),
      begin: () => server.program.kill(),
      mend: () => server.start(),
    };
  },
};

/** SIGSTOP, often beyond its own leases and those of its workers. */
export const freezeServer: Fault = {
  name: "freeze-server",
  plan({ site, random }) {
    const server = random.pick(site.servers);
    return {
      ...hit(site, server),
      lastsMs: freeze(random),
      begin: () => server.program.signal("SIGSTOP"),
      mend: () => server.program.signal("SIGCONT"),
    };
  },
};

/** Short, or beyond a lease. */
export function freeze(random: Random): number {
  return random.chance(0.5) ? random.whole(300, 1_500) : ZOMBIE_MS + random.whole(0, 2_000);
}

/** What every injection into a server has in common. */
export function hit(
  site: Site,
  { name }: SiteServer,
): Pick<Injection, "target" | "affects" | "outage" | "touches"> {
  return {
    target: name,
    affects: ["server"],
    outage: site.servers.length === 1,
    touches: [name],
  };
}
