/**
 * Prints what one task costs the SQLite backend by operation: CPU, bytes written, bytes on disk.
 *
 *   node test/bench/sqlite/engine.ts [--subject engine|thread] [--batches 1,100,500] [--tasks 20000] [--waiting 0] [--json]
 *
 * `--waiting` tasks are there beforehand, behind those that are measured. For a profile of the engine:
 * `node --cpu-prof test/bench/sqlite/engine.ts --batches 100`. Printed for people, asserted nowhere.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nonce } from "../../../src/core/ids.ts";
import type { TaskRecord } from "../../../src/core/record.ts";
import { succeed } from "../../../src/core/transitions.ts";
import { everyByte, makeRecord, makeSpec } from "../../../src/testing/contract/records.ts";
import { Meter, type Cost } from "./meter.ts";
import { SUBJECTS, type Subject } from "./subject.ts";

const { values: options } = parseArgs({
  options: {
    subject: { type: "string", default: "engine" },
    batches: { type: "string", default: "1,100,500" },
    tasks: { type: "string", default: "20000" },
    waiting: { type: "string", default: "0" },
    json: { type: "boolean", default: false },
  },
});
const OPERATIONS = ["create", "hand-out", "finish", "purge"] as const;
type Operation = (typeof OPERATIONS)[number];
/** Of single tasks fewer will do: each is a commit. */
const MAX_SINGLE = 3_000;
const WARM_UP = 10_000;
const RESULT = everyByte(20);
const NAME = "bench.noop";
const SPEC = makeSpec(NAME, 200);

interface Report {
  readonly batch: number;
  readonly costs: Readonly<Record<Operation, Cost>>;
  readonly bytesPerWaiting: number;
  readonly bytesPerFinished: number;
}

const open = SUBJECTS[options.subject as keyof typeof SUBJECTS];
const reports: Report[] = [];
for (const batch of options.batches.split(",").map(Number)) reports.push(await measure(batch));
if (options.json) console.log(JSON.stringify(reports.map(summary)));
else print(reports);

async function measure(batch: number): Promise<Report> {
  const tasks = batch === 1 ? Math.min(MAX_SINGLE, Number(options.tasks)) : Number(options.tasks);
  const folder = mkdtempSync(join(tmpdir(), "qtasks-bench-"));
  try {
    const subject = await open(folder);
    await cycle(subject, Math.min(WARM_UP, tasks), batch);
    await preload(subject, Number(options.waiting));
    const report = await cycle(subject, tasks, batch);
    await subject.stop();
    return { batch, ...report };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The whole life of that many tasks, one operation after the other. */
async function cycle(
  subject: Subject,
  tasks: number,
  batch: number,
): Promise<Omit<Report, "batch">> {
  const meters = {
    create: new Meter(),
    "hand-out": new Meter(),
    finish: new Meter(),
    purge: new Meter(),
  };
  const before = subject.usedBytes();
  for (let left = tasks; left > 0; left -= batch) {
    const step = subject.create(Array.from({ length: Math.min(batch, left) }, () => task(-1)));
    await meters.create.measure(Math.min(batch, left), step);
  }
  const waiting = subject.usedBytes();
  const running: TaskRecord[] = [];
  while (running.length < tasks) {
    const max = Math.min(batch, tasks - running.length);
    const records = await meters["hand-out"].measure(max, subject.handOut(handOutOf(max)));
    running.push(...records());
  }
  for (let at = 0; at < tasks; at += batch) {
    const some = running.slice(at, at + batch);
    const step = subject.write(some.map(finished));
    await meters.finish.measure(some.length, step);
  }
  const done = subject.usedBytes();
  for (let left = tasks; left > 0;) {
    const max = Math.min(batch, left);
    const count = await meters.purge.measure(max, subject.purge(max));
    if (count() !== max) throw new Error(`${count()} of ${max} tasks were purged`);
    left -= max;
  }
  return {
    costs: {
      create: meters.create.cost,
      "hand-out": meters["hand-out"].cost,
      finish: meters.finish.cost,
      purge: meters.purge.cost,
    },
    bytesPerWaiting: (waiting - before) / tasks,
    bytesPerFinished: (done - before) / tasks,
  };
}

async function preload(subject: Subject, count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1_000) {
    const length = Math.min(1_000, left);
    await subject.create(Array.from({ length }, () => task(-2)))();
  }
}

function task(priority: number): TaskRecord {
  return makeRecord({ name: NAME, priority, spec: SPEC, stamp: 0x12345678 });
}

function handOutOf(max: number) {
  return {
    offers: [{ queue: "default", names: [NAME] }],
    max,
    maxBytes: 4 * 1024 * 1024,
    nonce: nonce(),
    sessionId: "01926b1c-8d4e-7c3a-9f21-5b8e0a6d4c11",
    workerId: "bench-host-4711",
    leaseMs: 30_000,
    delivered: true,
  };
}

function finished(record: TaskRecord) {
  // Long over, so that the purge finds it.
  const end = { now: Date.now() - 7_200_000, reported: true, result: RESULT };
  return { revision: record.revision, after: succeed(record, end) };
}

function summary({ batch, costs, bytesPerWaiting, bytesPerFinished }: Report) {
  const operations = Object.fromEntries(
    OPERATIONS.map((operation) => [operation, perTask(costs[operation])]),
  );
  return { batch, operations, bytesPerWaiting, bytesPerFinished };
}

function perTask({ tasks, calls, userUs, systemUs, writtenBytes, writes, times }: Cost) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return {
    cpuUs: (userUs + systemUs) / tasks,
    systemUs: systemUs / tasks,
    writtenBytes: writtenBytes / tasks,
    writes: writes / calls,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
  };
}

function print(all: readonly Report[]): void {
  console.log(
    `${options.subject}, ${options.tasks} tasks, ${options.waiting} more waiting, Node ${process.versions.node}`,
  );
  console.log(
    "batch operation   CPU us  system us  tasks per CPU s  KiB written  writes/call  p50 ms  p99 ms  max ms",
  );
  for (const report of all) {
    const { batch, operations, bytesPerWaiting, bytesPerFinished } = summary(report);
    for (const [name, cost] of Object.entries(operations))
      console.log(
        String(batch).padStart(5) +
          ` ${name.padEnd(9)}` +
          [
            cost.cpuUs.toFixed(1).padStart(9),
            cost.systemUs.toFixed(1).padStart(11),
            Math.round(1e6 / cost.cpuUs)
              .toString()
              .padStart(17),
            (cost.writtenBytes / 1024).toFixed(2).padStart(13),
            cost.writes.toFixed(1).padStart(13),
            ...[cost.p50Ms, cost.p99Ms, cost.maxMs].map((ms) => ms.toFixed(2).padStart(8)),
          ].join(""),
      );
    console.log(
      `      on disk per task: ${bytesPerWaiting.toFixed(0)} bytes waiting, ${bytesPerFinished.toFixed(0)} finished`,
    );
  }
}
