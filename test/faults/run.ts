/** One run: a site is built, broken for some minutes, brought to its end and judged. */
import { mkdirSync } from "node:fs";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { grpcCalls, openChannel, TaskClient } from "../../src/client/index.ts";
import type { Fault, Scene } from "./faults/fault.ts";
import { drain, probeOrder, readOut } from "./finish.ts";
import { HistoryLog } from "./history/log.ts";
import { readHistory } from "./history/read.ts";
import { recordedTaskCalls } from "./history/recorded-calls.ts";
import { Nemesis, type Injected } from "./nemesis.ts";
import type { LoadCounts } from "./programs/load.ts";
import { Random } from "./random.ts";
import type { Layout } from "./site/layout.ts";
import { Site } from "./site/site.ts";
import { TIMINGS } from "./timings.ts";

export interface RunOptions {
  readonly layout: Layout;
  readonly faults: readonly Fault[];
  readonly seed: number;
  readonly minutes: number;
  /** Tasks per second. */
  readonly rate: number;
  /** Where the run keeps its things; made. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** How far a run is, for people. */
export interface Progress {
  /** What is broken, or what is done, at the moment. */
  readonly doing: string;
  /** Of the minutes, from 0 to 1. */
  readonly share: number;
  readonly injections: number;
  readonly counts: LoadCounts;
}

/** What a run has shown, before its history is judged. */
export interface RunResult {
  readonly history: string;
  readonly injected: readonly Injected[];
  readonly counts: LoadCounts;
  /** What went wrong without any word of the history: processes that ended, tasks that never did. */
  readonly problems: readonly string[];
}

/** The signal of the run aborted; all that it had started is gone. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

const DIRECT = { timeoutMs: 10_000, patienceMs: 60_000 };
const TELL_MS = 500;

/** Builds, breaks, ends. What it started is gone when it settles. */
export async function runFaults(options: RunOptions): Promise<RunResult> {
  const { layout, folder, seed, rate } = options;
  mkdirSync(folder, { recursive: true });
  const random = new Random(seed);
  const site = await Site.start({ layout, folder, rate, random: random.fork() });
  const log = new HistoryLog({ directory: site.history, process: "harness", role: "harness" });
  log.writeNow({ type: "settings", seed, backend: layout.name, ...settings() });
  const channel = openChannel({ address: site.servers[0]!.address });
  const client = new TaskClient(recordedTaskCalls(grpcCalls(TaskService, channel), log), DIRECT);
  try {
    const { signal } = options;
    return await Promise.race([breakAndEnd({ site, random, client, log }, options), ended(signal)]);
  } finally {
    client.close();
    channel.close();
    log.close();
    await (options.signal.aborted ? site.kill() : site.stop());
  }
}

/** Rejects when the run is interrupted. */
function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(new InterruptedError("interrupted"));
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
  });
}

async function breakAndEnd(scene: Scene, options: RunOptions): Promise<RunResult> {
  const { site } = scene;
  let doing = "";
  const nemesis = new Nemesis({
    scene,
    faults: options.faults,
    onInjection: (names) => (doing = names.join(" and ")),
  });
  const startedAt = performance.now();
  const tell = (): void => {
    const share = Math.min(1, (performance.now() - startedAt) / (options.minutes * 60_000));
    options.onProgress({ doing, share, injections: nemesis.injected.length, counts: site.counts });
  };
  const telling = setInterval(tell, TELL_MS);
  try {
    await nemesis.run(options.minutes);
    doing = "the load ends";
    await site.stopLoad();
    doing = "the last tasks end";
    const open = await drain(scene);
    await probeOrder(scene);
    doing = "the last word is read";
    await readOut(scene, taskIdsOf(scene));
    return {
      history: site.history,
      injected: nemesis.injected,
      counts: site.counts,
      problems: problemsOf(site, nemesis.injected, open),
    };
  } finally {
    clearInterval(telling);
    nemesis.close();
  }
}

function taskIdsOf({ site, log }: Scene): string[] {
  log.flush();
  return [...readHistory(site.history).tasks.keys()];
}

function problemsOf(site: Site, injected: readonly Injected[], open: number): string[] {
  const stuck = injected.filter((one) => one.stuck !== undefined);
  return [
    ...site.crashes.map(({ name, how }) => `${name} ended by itself, ${how}`),
    ...stuck.map(({ fault, target, stuck: why }) => `after ${fault} of ${target}: ${why}`),
    ...(open === 0 ? [] : [`${open} tasks did not come to an end`]),
  ];
}

function settings() {
  const { leaseMs, deliveryTimeoutMs, heartbeatIntervalMs, sweepIntervalMs } = TIMINGS;
  return { leaseMs, deliveryTimeoutMs, heartbeatIntervalMs, sweepIntervalMs };
}
