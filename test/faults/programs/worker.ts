/** A worker of a site, over gRPC. */
import { pino } from "pino";
import { TaskService } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { WorkerService } from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import { grpcCalls, openChannel } from "../../../src/client/index.ts";
import { taskOptions, type TaskSettings } from "../../../src/core/task-settings.ts";
import type { HandlerContext } from "../../../src/worker/context.ts";
import type { Registration } from "../../../src/worker/registration.ts";
import { Worker } from "../../../src/worker/worker.ts";
import { HistoryLog } from "../history/log.ts";
import { recordedWorkerCalls } from "../history/recorded-calls.ts";
import { lifeOf, programArguments, tellReady, type WorkerArguments } from "./init.ts";
import { LeaseBook } from "./lease-book.ts";
import { noted } from "./noted-handler.ts";
import {
  poison,
  POISON,
  POISON_SETTINGS,
  queueAt,
  work,
  WORK,
  WORK_SETTINGS,
  type Work,
} from "./tasks.ts";

const args = programArguments<WorkerArguments>();
const log = new HistoryLog({ directory: args.history, process: lifeOf(args), role: "worker" });
const channel = openChannel({ address: args.server });
const leases = new LeaseBook();
const calls = leases.over(recordedWorkerCalls(grpcCalls(WorkerService, channel), log));

const worker = new Worker({
  calls,
  tasks: grpcCalls(TaskService, channel),
  handlers: [
    registration<Work>(WORK, WORK_SETTINGS, work),
    registration<{ readonly afterMs: number }>(POISON, POISON_SETTINGS, ({ afterMs }) =>
      poison(afterMs),
    ),
  ],
  queues: ["default", "poison", queueAt(args.name)],
  slots: args.slots,
  workerId: lifeOf(args),
  graceMs: 2_000,
  logger: pino({ level: "warn" }, process.stderr),
});

process.once("SIGTERM", () => void end());
process.once("disconnect", () => process.exit(0));
tellReady();
await worker.start();

function registration<Input>(
  name: string,
  settings: TaskSettings,
  handler: (input: Input, context: HandlerContext) => Promise<unknown>,
): Registration {
  const { tokenOf } = leases;
  return {
    definition: { name, options: taskOptions(settings) },
    handler: noted(log, tokenOf, handler) as Registration["handler"],
  };
}

async function end(): Promise<void> {
  await worker.stop();
  channel.close();
  log.close();
  process.exit(0);
}
