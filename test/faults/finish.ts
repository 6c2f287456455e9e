/** The end of a run: everything comes to its end, priorities are looked at in peace, and the last word is read. */
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { TaskState, TaskView } from "../../gen/qtasksapi/v1/task_pb.ts";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { WorkerService } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import {
  grpcCalls,
  openChannel,
  type ServiceCalls,
  type TaskHandle,
} from "../../src/client/index.ts";
import type { Registration } from "../../src/worker/registration.ts";
import { Worker } from "../../src/worker/worker.ts";
import { HistoryLog } from "./history/log.ts";
import { taskSight } from "./history/messages.ts";
import { recordedWorkerCalls } from "./history/recorded-calls.ts";
import type { Scene } from "./faults/fault.ts";
import { work, WORK, type Work } from "./programs/tasks.ts";

const DRAIN_MS = 180_000;
const LOOK_MS = 200;
const PAGE = 200;
const ORDERED = 60;
const CALL_MS = 60_000;

const OPEN_STATES = [
  TaskState.SCHEDULED,
  TaskState.PENDING,
  TaskState.RUNNING,
  TaskState.RETRYING,
  TaskState.CANCELING,
];

/** Waits until no task is open; how many still are after three minutes. */
export async function drain({ client }: Scene): Promise<number> {
  const untilAt = performance.now() + DRAIN_MS;
  for (;;) {
    const { count } = await client.count({ states: OPEN_STATES });
    if (count === 0n || performance.now() >= untilAt) return Number(count);
    await sleep(LOOK_MS);
  }
}

/** Has tasks of many priorities handed out one by one, on a queue that nobody served before. */
export async function probeOrder(scene: Scene): Promise<void> {
  const { client, log, random } = scene;
  const queue = "ordered";
  const handles: TaskHandle[] = [];
  for (let at = 0; at < ORDERED; at++) {
    const input: Work = { takesMs: 0 };
    handles.push(await client.enqueue(WORK, input, { queue, priority: random.whole(-4, 4) * 100 }));
  }
  const taskIds = handles.map(({ id }) => id);
  log.writeNow({ type: "probe", probe: queue, taskIds });
  const worker = await lonelyWorker(scene, queue);
  try {
    await Promise.all(taskIds.map((id) => client.await(id, { timeoutMs: CALL_MS })));
  } finally {
    await worker.stop();
  }
  log.writeNow({ type: "probeEnded", probe: queue });
}

/** Writes down every one of these tasks as the servers know it now. */
export async function readOut({ site, log }: Scene, taskIds: readonly string[]): Promise<void> {
  const channel = openChannel({ address: site.servers[0]!.address });
  const calls = grpcCalls(TaskService, channel);
  try {
    for (let from = 0; from < taskIds.length; from += PAGE)
      await readPage(calls, log, taskIds.slice(from, from + PAGE));
  } finally {
    channel.close();
  }
}

async function readPage(
  calls: ServiceCalls<typeof TaskService>,
  log: HistoryLog,
  taskIds: readonly string[],
): Promise<void> {
  for (let left = taskIds; left.length > 0;) {
    const call = log.call({ op: "readOut", taskIds: left });
    const request = { taskIds: [...left], view: TaskView.FULL };
    const answer = await calls.batchGetTasks(request, { timeoutMs: CALL_MS });
    log.answer(call, { tasks: answer.tasks.map(taskSight), missing: answer.missingTaskIds });
    left = answer.deferredTaskIds;
  }
}

/** One slot, on one queue. */
async function lonelyWorker({ site }: Scene, queue: string): Promise<{ stop(): Promise<void> }> {
  const log = new HistoryLog({
    directory: site.history,
    process: `worker-${queue}`,
    role: "worker",
  });
  const channel = openChannel({ address: site.servers[0]!.address });
  const worker = new Worker({
    calls: recordedWorkerCalls(grpcCalls(WorkerService, channel), log),
    handlers: [{ definition: { name: WORK }, handler: work as Registration["handler"] }],
    queues: [queue],
    slots: 1,
    logger: pino({ level: "silent" }),
  });
  await worker.start();
  return {
    stop: async () => {
      await worker.stop();
      channel.close();
      log.close();
    },
  };
}
