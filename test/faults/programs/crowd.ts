/**
 * A thousand clients in one process, each with a connection of its own. Each has one task done, then says so; told
 * `{ again: true }`, each has another one done, over whatever became of its connection.
 */
import { TaskService } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { grpcCalls, openChannel, TaskClient } from "../../../src/client/index.ts";
import { uuidv7 } from "../../../src/core/ids.ts";
import { HistoryLog } from "../history/log.ts";
import { recordedTaskCalls } from "../history/recorded-calls.ts";
import { lifeOf, programArguments, tellReady, type CrowdArguments } from "./init.ts";
import { WORK, type Work } from "./tasks.ts";

const PATIENCE_MS = 90_000;

const args = programArguments<CrowdArguments>();
const log = new HistoryLog({ directory: args.history, process: lifeOf(args), role: "client" });
const clients = Array.from({ length: args.size }, () => {
  const channel = openChannel({ address: args.server });
  return new TaskClient(recordedTaskCalls(grpcCalls(TaskService, channel), log), {
    patienceMs: PATIENCE_MS,
    onClose: () => channel.close(),
  });
});

process.on("message", (message: { readonly again?: boolean; readonly stop?: boolean }) => {
  if (message.again === true) void everyOne().then((failed) => process.send?.({ failed }));
  if (message.stop === true) end();
});
process.once("disconnect", () => process.exit(0));
// Between its tasks nothing else keeps it.
process.channel?.ref();
await everyOne();
tellReady();

/** How many failed. */
async function everyOne(): Promise<number> {
  const results = await Promise.allSettled(clients.map((client) => oneTask(client, uuidv7())));
  return results.filter(({ status }) => status === "rejected").length;
}

/** Asks again with the same id when no answer came in time, as a thousand at once may have to. */
async function oneTask(client: TaskClient, taskId: string): Promise<void> {
  const input: Work = { takesMs: 0 };
  for (const untilAt = performance.now() + PATIENCE_MS; ;) {
    try {
      await client.enqueue(WORK, input, { taskId });
      await client.await(taskId, { timeoutMs: PATIENCE_MS });
      return;
    } catch (error) {
      if (performance.now() >= untilAt) throw error;
    }
  }
}

function end(): void {
  for (const client of clients) client.close();
  log.close();
  process.exit(0);
}
