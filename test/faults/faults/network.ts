/** Links that are cut, half open, reset or slow. */
import type { NetFault, TcpProxy } from "../net/proxy.ts";
import type { Affected } from "../history/event.ts";
import type { Random } from "../random.ts";
import type { Site } from "../site/site.ts";
import type { Fault } from "./fault.ts";

type End = "client" | "worker" | "redis";
type Kind = "cut" | "half-open" | "reset" | "slow";

/** All kinds on all links. */
export const NETWORK_FAULTS: readonly Fault[] = (["client", "worker", "redis"] as const).flatMap(
  (end) => (["cut", "half-open", "reset", "slow"] as const).map((kind) => networkFault(kind, end)),
);

const AFFECTS: Readonly<Record<End, readonly Affected[]>> = {
  client: ["client"],
  worker: ["worker"],
  redis: ["server", "backend"],
};

function networkFault(kind: Kind, end: End): Fault {
  return {
    name: `${kind}-${end}`,
    plan({ site, random }) {
      const links = linksOf(site, end);
      if (links.length === 0) return undefined;
      const hit = random.chance(0.4) ? links : [random.pick(links)];
      const fault = netFault(kind, random);
      // Bytes that were swallowed come late, or the connection is gone for good.
      const forget = random.chance(0.5);
      const isTotal = end === "redis" && kind !== "slow" && hit.length === links.length;
      return {
        target: hit.map(({ name }) => name).join(", "),
        affects: AFFECTS[end],
        outage: isTotal,
        touches: hit.map(({ name }) => name),
        lastsMs: random.whole(kind === "reset" ? 0 : 300, kind === "slow" ? 4_000 : 5_000),
        begin: () => each(hit, (link) => link.fail(fault)),
        mend: async () => {
          await Promise.all(hit.map((link) => link.heal({ forget })));
        },
      };
    },
  };
}

function linksOf(site: Site, end: End): TcpProxy[] {
  return site.servers.flatMap((server) =>
    end === "client" ? [server.toClients] : end === "worker" ? [server.toWorkers] : server.toRedis,
  );
}

function netFault(kind: Kind, random: Random): NetFault {
  if (kind === "half-open") return { kind: "swallow", way: random.pick(["both", "up", "down"]) };
  if (kind === "slow") return { kind: "slow", delayMs: random.whole(20, 300) };
  return { kind };
}

function each(links: readonly TcpProxy[], act: (link: TcpProxy) => void): void {
  for (const link of links) act(link);
}
