/** What happens to workers and servers at night, with one `Wait` under way. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { AttemptState, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { TIMINGS } from "../faults/timings.ts";
import type { RunningProcess } from "../support/process.ts";
import type { ClientActor, WorkerActor } from "./actors.ts";
import { METHODS } from "./scenarios.ts";
import type { Service } from "./server.ts";

const WAIT = `${METHODS}/Wait`;

/** What each of these needs. */
export interface Mishap {
  readonly t: TestContext;
  readonly service: Service;
  readonly worker: WorkerActor;
  /** Runs when the mishap begins. */
  readonly running: RunningProcess;
  readonly client: ClientActor;
}

/** kill -9 in the midst of a task that a stub called: another worker runs it, and the call succeeds. */
export async function killed({ t, service, worker, running, client }: Mishap): Promise<void> {
  const before = await service.idsOf(WAIT);
  const called = client.play(t, service, "wait", { CONFORMANCE_DELAY_MS: "2000" });
  called.catch(() => undefined);
  const taskId = await service.running(WAIT, before);
  // Before the first heartbeat, a task that did not arrive comes back without a trace.
  await arrived();
  running.kill("SIGKILL");
  await running.exit;
  const next = await worker.start(t, service);
  const facts = await called;
  assert.equal(facts["task_id"], taskId);
  const { attempts } = await service.get(taskId);
  assert.equal(facts["attempt"], attempts.length);
  assert.equal(attempts[0]!.state, AttemptState.LOST);
  assert.equal(attempts.at(-1)!.state, AttemptState.SUCCEEDED);
  if (!worker.methodsOnly) assert.equal(facts["pid"], next.pid);
  assert.equal((await service.idsOf(WAIT)).size, before.size + 1, "one task");
  await stop(next);
}

/** SIGTERM: what runs is finished, nothing more is taken, and the process ends well. */
export async function drained({ service, running }: Mishap): Promise<void> {
  const before = await service.idsOf(WAIT);
  const task = await service.tasks.enqueue(WAIT, { delayMs: 2_000 });
  await service.running(WAIT, before);
  // A task that comes after the signal is given back, and here is no other worker for it.
  await arrived();
  running.kill("SIGTERM");
  assert.equal((await task.done({ timeoutMs: 10_000 })).state, TaskState.SUCCEEDED);
  assert.deepEqual(await running.exit, { code: 0, signal: null });
  const { attempts } = await task.get();
  assert.equal(attempts.length, 1);
  const late = await service.tasks.enqueue(WAIT, { delayMs: 0 });
  assert.equal((await late.get()).state, TaskState.PENDING);
  await late.cancel();
}

/** The server is killed and comes back: the attempt that ran meanwhile counts, and new tasks are taken. */
export async function restarted({ service, running }: Mishap): Promise<void> {
  const before = await service.idsOf(WAIT);
  const task = await service.tasks.enqueue(WAIT, { delayMs: 2_500 });
  await service.running(WAIT, before);
  await arrived();
  await service.restart();
  const done = await task.done({ timeoutMs: 20_000 });
  assert.equal(done.state, TaskState.SUCCEEDED);
  assert.equal(done.attemptCount, 1, "the attempt outlived the server");
  const next = await service.tasks.run<{ text: string }>("conformance.echo", { text: "again" });
  assert.equal(next.text, "again");
  const typed = await service.tasks.enqueue(WAIT, { delayMs: 0 });
  assert.equal((await typed.done({ timeoutMs: 20_000 })).state, TaskState.SUCCEEDED);
  await stop(running);
}

/** The server is killed under a call that names its task: the stub's policy repeats it, and it joins. */
export async function serverKilled({ t, service, client }: Omit<Mishap, "worker" | "running">) {
  const before = await service.idsOf(WAIT);
  const called = client.play(t, service, "wait", { CONFORMANCE_DELAY_MS: "1500" });
  called.catch(() => undefined);
  const taskId = await service.running(WAIT, before);
  await service.restart();
  assert.equal((await called)["task_id"], taskId);
  const after = await service.idsOf(WAIT);
  assert.equal(after.size, before.size + 1, "one task");
}

/** The server has handed the task out; the worker has it for certain once it has had time for two heartbeats. */
function arrived(): Promise<void> {
  return sleep(TIMINGS.heartbeatIntervalMs * 2);
}

async function stop(running: RunningProcess): Promise<void> {
  running.kill("SIGTERM");
  assert.deepEqual(await running.exit, { code: 0, signal: null });
}
