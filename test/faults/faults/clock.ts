/** A clock that jumps, and back. */
import type { Fault } from "./fault.ts";

const JUMPS_MS = [1_500, 20_000, 600_000, 3_600_000];

/** Of a server or a worker; Redis keeps the machine's. */
export const jumpClock: Fault = {
  name: "jump-clock",
  plan({ site, random }) {
    const servers = site.servers.map(({ program }) => program);
    const program = random.pick(random.chance(0.7) ? servers : site.workers);
    const jumpMs = random.pick(JUMPS_MS) * (random.chance(0.5) ? 1 : -1);
    return {
      target: program.name,
      affects: ["clock", servers.includes(program) ? "server" : "worker"],
      jumpMs,
      touches: [program.name],
      lastsMs: random.whole(500, 4_000),
      begin: () => program.tell({ clock: jumpMs }),
      mend: () => program.tell({ clock: 0 }),
    };
  },
};
