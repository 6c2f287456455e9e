/** A client of a site: enqueues at its rate until it is told `{ stop: true }`, then sees its tasks to their end. */
import { TaskService } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { grpcCalls, openChannel, TaskClient } from "../../../src/client/index.ts";
import { HistoryLog } from "../history/log.ts";
import { recordedTaskCalls } from "../history/recorded-calls.ts";
import { Random } from "../random.ts";
import { lifeOf, programArguments, tellReady, type ClientArguments } from "./init.ts";
import { Load } from "./load.ts";

const TICK_MS = 20;
const TELL_MS = 500;
const FINISH_MS = 60_000;

const args = programArguments<ClientArguments>();
const log = new HistoryLog({ directory: args.history, process: lifeOf(args), role: "client" });
const channel = openChannel({ address: args.server });
const client = new TaskClient(recordedTaskCalls(grpcCalls(TaskService, channel), log), {
  timeoutMs: 10_000,
  patienceMs: 20_000,
});
const load = new Load(client, new Random(args.seed), args.name);

let due = 0;
const ticking = setInterval(() => {
  due += (args.rate * TICK_MS) / 1_000;
  while (due >= 1) due -= load.begin();
}, TICK_MS);
const telling = setInterval(() => process.send?.(load.counts), TELL_MS);

process.on("message", (message: { readonly stop?: boolean }) => {
  if (message.stop === true) void end();
});
process.once("disconnect", () => process.exit(0));
tellReady();

async function end(): Promise<void> {
  clearInterval(ticking);
  await load.finish(FINISH_MS);
  clearInterval(telling);
  process.send?.(load.counts);
  client.close();
  channel.close();
  log.close();
  process.exit(0);
}
