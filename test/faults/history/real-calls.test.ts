/** The history that the real client and the real worker write of a real server, judged. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pino } from "pino";
import { TaskService } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { WorkerService } from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import { QueueTasks } from "../../../src/app.ts";
import { grpcCalls, openChannel, TaskClient } from "../../../src/client/index.ts";
import { Worker } from "../../../src/worker/worker.ts";
import { tempFolder } from "../../support/temp.ts";
import { checkDirectory } from "./checker.ts";
import { HistoryLog } from "./log.ts";
import { taskSight } from "./messages.ts";
import { readHistory } from "./read.ts";
import { recordedTaskCalls, recordedWorkerCalls } from "./recorded-calls.ts";
import { readOutCall } from "./task-notes.ts";
import { TIMINGS } from "../timings.ts";

test("what a client and a worker did with a server is noted, and found good", async (t) => {
  const directory = join(tempFolder(), "history");
  const logger = pino({ level: "silent" });
  const app = new QueueTasks({
    url: "memory:",
    grpc: "127.0.0.1:0",
    http: false,
    timings: TIMINGS,
    logger,
  });
  await app.start();
  t.after(() => app.stop());
  const channel = openChannel({ address: app.grpcAddress! });
  using clientLog = new HistoryLog({ directory, process: "client", role: "client" });
  using workerLog = new HistoryLog({ directory, process: "worker", role: "worker" });
  using harnessLog = new HistoryLog({ directory, process: "harness", role: "harness" });
  harnessLog.write({ type: "settings", seed: 1, backend: "memory", ...TIMINGS });
  const worker = new Worker({
    calls: recordedWorkerCalls(grpcCalls(WorkerService, channel), workerLog),
    handlers: [
      { definition: { name: "double" }, handler: (value) => Promise.resolve(Number(value) * 2) },
      { definition: { name: "fail" }, handler: () => Promise.reject(new Error("no")) },
      {
        definition: { name: "stop" },
        handler: async (_input, { signal, output }) => {
          await output("begun");
          await once(signal, "abort");
          signal.throwIfAborted();
        },
      },
    ],
    logger,
  });
  await worker.start();
  t.after(async () => {
    await worker.stop();
    channel.close();
  });
  using client = new TaskClient(recordedTaskCalls(grpcCalls(TaskService, channel), clientLog));

  assert.equal(await client.run("double", 4), 8);
  const failing = await client.enqueue("fail", 1, { retry: { maxAttempts: 1 } });
  await assert.rejects(failing.result());
  await client.retry(failing.id);
  await assert.rejects(failing.result());
  const keyed = await client.enqueue("double", 1, { unique: { key: "k" }, delayMs: 60_000 });
  const second = await client.enqueue("double", 1, { unique: { key: "k" } });
  assert.equal(second.id, keyed.id);
  for await (const change of client.watch(keyed.id)) {
    if (change.type === "task" && change.task.cancelReason === "") await client.cancel(keyed.id);
  }
  await assert.rejects(client.get("missing"));
  const stopped = await client.enqueue("stop");
  for await (const _output of stopped.outputs()) break;
  await stopped.cancel();
  await assert.rejects(stopped.result());

  await worker.stop();
  const tasks = [];
  for await (const task of client.list()) tasks.push(await client.get(task.taskId));
  const number = harnessLog.call(readOutCall(tasks.map(({ taskId }) => taskId)));
  harnessLog.answer(number, { tasks: tasks.map(taskSight) });
  for (const log of [clientLog, workerLog, harnessLog]) log.close();

  const { violations, measures } = checkDirectory(directory);
  assert.deepEqual(violations, []);
  assert.equal(measures.tasks, 6);
  assert.equal(measures.acknowledged, 4);
  assert.equal(measures.terminal, 4);
  assert.equal(measures.outcomesRecorded, 4);
  assert.equal(measures.maybes, 0);
  const run = readHistory(directory);
  assert.equal(run.tasks.get("missing")?.absences.length, 1);
  const failed = run.tasks.get(failing.id);
  assert.equal(failed?.leases.length, 2);
  assert.equal(failed.controls.length, 1);
  assert.ok(failed.reports.every(({ kind, verdict }) => kind === "failure" && verdict));
  assert.equal(run.tasks.get(keyed.id)?.creations[0]?.task.delayMs, 60_000);
  const canceled = run.tasks.get(stopped.id);
  assert.deepEqual(
    canceled?.reports.map(({ kind, verdict }) => [kind, verdict?.verdict]),
    [["canceled", "RECORDED"]],
  );
  assert.ok(canceled.renewals.every(({ word }) => word !== undefined));
  assert.ok(
    canceled.renewals.some(
      ({ call, word }) => call.op === "recordEvents" && word?.verdict === "HELD",
    ),
  );
  assert.doesNotMatch(readFileSync(join(directory, "client.history.jsonl"), "utf8"), /undefined/);
});
