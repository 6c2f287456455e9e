/** The echoes of W1: what grpc-js alone can do. */
import { join } from "node:path";
import type { BenchOptions } from "../options.ts";
import { Agent } from "../processes/agent.ts";
import type { EchoKind, EchoServer } from "../processes/echo-server.ts";
import type { QTasksLoad } from "../processes/qtasks-load.ts";
import { measure, perSecond } from "./running.ts";
import type { Contestant } from "./work.ts";

const ECHO = join(import.meta.dirname, "../processes/echo-server.ts");
const LOAD = join(import.meta.dirname, "../processes/qtasks-load.ts");

export function echoContestant(kind: EchoKind, options: BenchOptions): Contestant {
  return { subject: `echo-${kind}`, durability: "none", run: () => run(kind, options) };
}

async function run(kind: EchoKind, options: BenchOptions) {
  const { tasks: count, callWidth: width, warmUpTasks } = options;
  const echo = new Agent<EchoServer>({ args: [ECHO] });
  const load = new Agent<QTasksLoad>({ args: [LOAD] });
  try {
    const port = await echo.call("listen", { kind });
    await load.call("connect", { address: `127.0.0.1:${port}` });
    await load.call("enqueueOneByOne", { count: warmUpTasks, width });
    await load.call("acknowledged", {});
    const parts = [
      { role: "load", pid: load.pid },
      { role: "server", pid: echo.pid },
    ];
    const { costs, result: elapsedMs } = await measure({ parts }, () =>
      load.call("enqueueOneByOne", { count, width }),
    );
    const answered = (await load.call("acknowledged", {})).length;
    const values = {
      callsPerSecond: perSecond(count, elapsedMs),
      callsPerCpuSecond: perSecond(count, costs[1]!.cpuMs),
    };
    return { values, costs, tasks: count, lost: count - answered, doubled: 0 };
  } finally {
    await load.stop();
    await echo.stop();
  }
}
