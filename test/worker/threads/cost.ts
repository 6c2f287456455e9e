/**
 * `node test/worker/threads/cost.ts`: what a trivial task costs in a thread and inline, beside all else that a worker
 * does for it. Prints µs per task: the time of one after the other, and the main thread's CPU time of many at once;
 * and how long the first task of a new thread takes. Each number is the median of five rounds.
 */
import { pino } from "pino";
import { ContextValues } from "../../../src/core/context-values.ts";
import type { HandlerContext } from "../../../src/worker/context.ts";
import { InlineExecutor, type Executor } from "../../../src/worker/executor.ts";
import { threads } from "../../../src/worker/threads/threads.ts";
import { registered } from "./setup.ts";

const TASKS = 20_000;
const AT_ONCE = 100;
const ROUNDS = 5;

const host = { logger: pino({ level: "silent" }) };
const registration = registered("default");
const executors = { inline: new InlineExecutor() as Executor, threads: threads({ maxThreads: 2 }) };

for (const [name, executor] of Object.entries(executors)) {
  await executor.start?.(host);
  await run(executor, AT_ONCE, TASKS);
  const alone = await median(async () => (await run(executor, 1, TASKS / 4)).wallUs);
  const cpu = await median(async () => (await run(executor, AT_ONCE, TASKS)).cpuUs);
  const wall = await median(async () => (await run(executor, AT_ONCE, TASKS)).wallUs);
  console.log(
    `${name}: ${alone.toFixed(1)} µs one at a time; ${wall.toFixed(1)} µs with ${AT_ONCE} at once, ` +
      `${cpu.toFixed(1)} µs of it the main thread's CPU`,
  );
  await executor.stop?.(host);
}

const coldUs = await median(async () => {
  const pool = threads({ maxThreads: 1 });
  await pool.start?.(host);
  const { wallUs } = await run(pool, 1, 1);
  await pool.stop?.(host);
  return wallUs;
});
console.log(`the first task of a thread: ${(coldUs / 1_000).toFixed(0)} ms`);

async function run(executor: Executor, atOnce: number, tasks: number) {
  const [startedAt, cpuBefore] = [performance.now(), process.threadCpuUsage()];
  let left = tasks;
  const lane = async () => {
    while (left-- > 0)
      await executor.run({ registration, input: { x: 1, y: 2 }, context: newContext() });
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const { user, system } = process.threadCpuUsage(cpuBefore);
  return {
    wallUs: ((performance.now() - startedAt) * 1_000) / tasks,
    cpuUs: (user + system) / tasks,
  };
}

async function median(measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let round = 0; round < ROUNDS; round++) values.push(await measure());
  return values.toSorted((a, b) => a - b)[ROUNDS >> 1]!;
}

function newContext(): HandlerContext {
  return {
    signal: new AbortController().signal,
    deadline: undefined,
    taskId: "id",
    name: "default",
    queue: "default",
    attempt: 1,
    fencingToken: 1n,
    headers: {},
    parentTaskId: undefined,
    previousFailure: undefined,
    outputCount: 0,
    values: new ContextValues(),
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    progress() {},
    output: async () => {},
    checkpoint: () => undefined,
    saveCheckpoint() {},
    enqueue: async () => ({ taskId: "child", created: true }),
    throwIfCanceled() {},
  };
}
