/** A thousand clients whose connections are reset, and who all come back at once. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Program } from "../site/program.ts";
import type { Fault } from "./fault.ts";

const SIZE = 1_000;
const SERVED_MS = 150_000;

export const crowd: Fault = {
  name: "crowd",
  plan({ site, random }) {
    const server = random.pick(site.servers);
    const link = server.toClients;
    const served = Promise.withResolvers<number>();
    let clients: Program | undefined;
    return {
      target: link.name,
      affects: ["client"],
      touches: [link.name, server.name],
      lastsMs: random.whole(0, 500),
      begin: async () => {
        clients = site.crowd(server, SIZE, (message) =>
          served.resolve((message as { readonly failed: number }).failed),
        );
        await clients.start();
        link.fail({ kind: "reset" });
        clients.tell({ again: true });
      },
      mend: async () => {
        await link.heal();
        const late = sleep(SERVED_MS, SIZE, { ref: false });
        const failed = await Promise.race([served.promise, late]);
        clients?.tell({ stop: true });
        await clients?.finish(5_000);
        if (failed > 0) throw new Error(`${failed} of ${SIZE} clients got no answer`);
      },
    };
  },
};
