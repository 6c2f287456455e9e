/** W1: one EnqueueTask call for each task, against a server that does nothing but the call. */
import { perSecond, contestant, measure } from "./running.ts";
import { echoContestant } from "./echo.ts";
import type { Outcome, Work } from "./work.ts";
import type { RunningSystem } from "../systems/system.ts";
import type { BenchOptions } from "../options.ts";

export const enqueueUnary: Work = {
  id: "W1",
  title: "enqueue, one call for each task",
  describe: ({ tasks, callWidth }) =>
    `${tasks} EnqueueTask calls, ${callWidth} in flight on one connection of one load process that sends prebuilt ` +
    `frames, each acknowledged, closed loop; the echoes are bare grpc-js servers under the same load; BullMQ is ` +
    `\`add\` in process with as many in flight`,
  figures: { callsPerSecond: "calls/s", callsPerCpuSecond: "calls per CPU s of the service" },
  baseline: { subject: "echo-protobuf" },
  contestants: ({ options, systems }) => [
    echoContestant("raw", options),
    echoContestant("protobuf", options),
    ...systems.map((system) => contestant(system, options, enqueueHeld)),
  ],
};

async function enqueueHeld(
  running: RunningSystem,
  { tasks: count, callWidth: width, warmUpTasks }: BenchOptions,
): Promise<Outcome> {
  await running.hold();
  // As many as the echoes get, by the same call.
  await running.enqueueOneByOne({ count: warmUpTasks, width });
  const { costs, result: elapsedMs } = await measure(running, () =>
    running.enqueueOneByOne({ count, width }),
  );
  await running.release();
  await running.untilRecorded(warmUpTasks + count);
  // BullMQ has no server: its work is done in the process that adds.
  const service = costs.find(({ role }) => role === "server") ?? costs.find(isLoad)!;
  const values = {
    callsPerSecond: perSecond(count, elapsedMs),
    callsPerCpuSecond: perSecond(count, service.cpuMs),
  };
  return { values, costs, measuredTasks: count, ...(await running.tally()) };
}

function isLoad({ role }: { readonly role: string }): boolean {
  return role === "load";
}
