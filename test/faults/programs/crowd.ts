/**
 * A thousand clients in one process, each with a connection of its own. Each has one task done, then says so; told
 * `{ again: true }`, each has another one done, over whatever became of its connection.
 */
import { TaskService } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { grpcCalls, openChannel, TaskClient } from "../../../src/client/index.ts";
import { HistoryLog } from "../history/log.ts";
import { recordedTaskCalls } from "../history/recorded-calls.ts";
import { lifeOf, programArguments, tellReady, type CrowdArguments } from "./init.ts";
import { WORK, type Work } from "./tasks.ts";

const args = programArguments<CrowdArguments>();
const log = new HistoryLog({ directory: args.history, process: lifeOf(args), role: "client" });
const clients = Array.from({ length: args.size }, () => {
  const channel = openChannel({ address: args.server });
  return new TaskClient(recordedTaskCalls(grpcCalls(TaskService, channel), log), {
    timeoutMs: 15_000,
    patienceMs: 60_000,
    onClose: () => channel.close(),
  });
});

process.on("message", (message: { readonly again?: boolean; readonly stop?: boolean }) => {
  if (message.again === true) void everyOne().then((failed) => process.send?.({ failed }));
  if (message.stop === true) end();
});
process.once("disconnect", () => process.exit(0));
await everyOne();
tellReady();

/** How many failed. */
async function everyOne(): Promise<number> {
  const input: Work = { takesMs: 0 };
  const results = await Promise.allSettled(
    clients.map(async (client) => {
      const { id } = await client.enqueue(WORK, input);
      await client.await(id, { timeoutMs: 60_000 });
    }),
  );
  return results.filter(({ status }) => status === "rejected").length;
}

function end(): void {
  for (const client of clients) client.close();
  log.close();
  process.exit(0);
}
