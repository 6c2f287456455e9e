/** Workers that work for a server elsewhere, over gRPC. */
import { QueueTasks } from "../../../src/index.ts";
import { benchRouter } from "./bench-router.ts";
import { serveCallsOnly } from "./serve-calls.ts";
import { Handled } from "./work-items.ts";

const functions = {
  /** Starts so many, each with a connection and a session of its own. */
  async start({ address, count }: { address: string; count: number }): Promise<void> {
    for (let at = 0; at < count; at++) {
      const app = new QueueTasks({ server: address, logLevel: "warn", env: {} });
      app.includeRouter(benchRouter(new Handled()));
      await app.start();
    }
  },
};

/** What the benchmark can ask the workers' process. */
export type QTasksWorkers = typeof functions;

serveCallsOnly(functions);
