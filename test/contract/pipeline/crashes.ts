/**
 * A server that is killed between any two steps of a task's life, and another that goes on: the task comes to
 * its end, and each of its attempts runs at most once.
 */
import { toDuration } from "../../../src/core/duration.ts";
import type { Change } from "../../../src/storage/storage.ts";
import { untilReconciled } from "../backend/stage.ts";
import type { Step } from "../../../src/testing/faults/faulty.ts";
import { Crew } from "./crew.ts";
import type { DeclareScenario, Site } from "./site.ts";

/** A step of the task's life: which call of a kind, before or after it. */
interface Point {
  readonly method: string;
  /** From 1. */
  readonly call: number;
  readonly when: Step["when"];
}

const JOINT_POINTS: Readonly<Record<string, Point>> = {
  "created, not answered": { method: "create", call: 1, when: "after" },
  "handed out, not answered": { method: "handOut", call: 1, when: "after" },
  "failed, not written": { method: "write", call: 1, when: "before" },
  "failure written, not answered": { method: "write", call: 1, when: "after" },
  "succeeded, not written": { method: "write", call: 2, when: "before" },
  "success written, not answered": { method: "write", call: 2, when: "after" },
};

const PAIR_POINTS: Readonly<Record<string, Point>> = {
  "created, not published": { method: "publish", call: 1, when: "before" },
  "published, its intent not dropped": { method: "dropIntents", call: 1, when: "before" },
  "taken, not started": { method: "write", call: 1, when: "before" },
  "started, not settled": { method: "settle", call: 1, when: "before" },
  "settled, not answered": { method: "settle", call: 1, when: "after" },
  "failed, not written": { method: "write", call: 2, when: "before" },
  "failure written, not published": { method: "publish", call: 2, when: "before" },
  "retry published, its intent not dropped": { method: "dropIntents", call: 2, when: "before" },
  "retry taken, not started": { method: "write", call: 3, when: "before" },
  "retry started, not settled": { method: "settle", call: 2, when: "before" },
  "succeeded, not written": { method: "write", call: 4, when: "before" },
  "success written, not answered": { method: "write", call: 4, when: "after" },
};

export function jointCrashes(it: DeclareScenario): void {
  declare(it, JOINT_POINTS);
}

export function pairCrashes(it: DeclareScenario): void {
  declare(it, PAIR_POINTS);
}

function declare(it: DeclareScenario, points: Readonly<Record<string, Point>>): void {
  for (const [title, point] of Object.entries(points))
    it(`killed: ${title}`, (site) => crashAt(site, point));
}

const TASK_ID = "victim";
const TIMINGS = { deliveryTimeoutMs: 300 };

async function crashAt(site: Site, point: Point): Promise<void> {
  const count = countCalls(point);
  // The first server's sweeps would only add calls of the same kinds.
  const calm = { reconcileIntervalMs: 60_000, sweepIntervalMs: 60_000 };
  const first = await site.open({
    timings: { ...TIMINGS, ...calm },
    fault: (step) => {
      if (count(step)) first.life.end();
    },
  });
  // Else the second server would fill the broker anyhow.
  if (site.place.kind === "composed") await untilReconciled(first.pipeline.storage);
  const crew = new Crew(({ attempt }) => attempt > 1);
  crew.work(first);
  const options = { retryPolicy: { initialBackoff: toDuration(20) } };
  const enqueued = first.enqueue({ taskId: TASK_ID, spec: { options } }).then(
    () => true,
    () => false,
  );
  await first.life.over;
  await Promise.all([enqueued, first.crash()]);

  const second = await site.open({ timings: TIMINGS });
  crew.work(second);
  const task = await second.end(TASK_ID);
  await crew.stop();
  crew.assertSucceeded(task);
}

/** True at the point; calls that concern no task of the scenario don't count. */
function countCalls({ method, call, when }: Point): (step: Step) => boolean {
  let calls = 0;
  return (step) => {
    if (step.method !== method || !concernsTask(step)) return false;
    if (step.when === "before") calls += 1;
    return step.when === when && calls === call;
  };
}

function concernsTask({ method, params }: Step): boolean {
  if (method === "write")
    return (params as { readonly changes: readonly Change[] }).changes.length > 0;
  if (method === "publish")
    return (params as { readonly messages: readonly unknown[] }).messages.length > 0;
  return true;
}
