/** What callers, workers and operators do; each may come alone or beside others. */
import assert from "node:assert/strict";
import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { ConflictPolicy } from "../../../gen/qtasksapi/v1/task_pb.ts";
import {
  type LeasedTask,
  OutcomeSchema,
  OutcomeVerdict,
  type Outcome,
} from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import { toDuration } from "../../../src/core/duration.ts";
import { brief } from "../brief.ts";
import { NAMES, QUEUES, SESSIONS, type Site } from "./site.ts";

/** A call by one of them, with the text that a report shows. */
export interface Act {
  readonly text: string;
  readonly run: (site: Site) => Promise<void>;
}

const TASKS = 4;
const task = fc.nat(TASKS - 1);
const via = fc.nat(1);
const idOf = (number: number): string => `t${number}`;
/** Clocks of callers and servers may differ by this much, in ms. */
const NEAR_MS = 250;

function actOf<Params>(
  name: string,
  params: fc.Arbitrary<Params>,
  run: (params: Params, site: Site) => Promise<void>,
): fc.Arbitrary<Act> {
  return params.map((chosen) => ({
    text: `${name}(${brief(chosen)})`,
    run: (site) => run(chosen, site),
  }));
}

const enqueue = actOf(
  "enqueue",
  fc.record({
    via,
    task,
    name: fc.nat(NAMES.length - 1),
    queue: fc.nat(QUEUES.length - 1),
    delayMs: fc.constantFrom(0, 0, 0, 1_000, 40_000),
    key: fc.constantFrom(null, null, "k"),
    policy: fc.constantFrom(
      ConflictPolicy.RETURN_EXISTING,
      ConflictPolicy.REJECT,
      ConflictPolicy.REPLACE_PENDING,
    ),
    attempts: fc.nat(2),
    pendingMs: fc.constantFrom(0, 0, 0, 0, 0, 5_000),
    totalMs: fc.constantFrom(0, 0, 0, 0, 0, 50_000),
    priority: fc.nat(2),
  }),
  async (plan, site) => {
    const askedAt = site.clock.now();
    const taskId = idOf(plan.task);
    const answer = await site.ask(plan.via, ({ tasks }) =>
      tasks.enqueueTask({
        taskId,
        start: { case: "delay", value: toDuration(plan.delayMs) },
        spec: {
          name: NAMES[plan.name]!,
          options: {
            queue: QUEUES[plan.queue]!,
            priority: plan.priority,
            retryPolicy: { maxAttempts: plan.attempts + 1 },
            ...(plan.pendingMs > 0 && { pendingTimeout: toDuration(plan.pendingMs) }),
            ...(plan.totalMs > 0 && { totalTimeout: toDuration(plan.totalMs) }),
          },
          ...(plan.key !== null && { unique: { key: plan.key, onConflict: plan.policy } }),
        },
      }),
    );
    if (answer === undefined) return;
    const { created, task: told } = answer;
    site.acknowledged.add(told!.taskId);
    if (!created) return;
    const record = site.truth.everyRevision(told!.taskId).find(({ revision }) => revision === 1);
    assert.ok(record !== undefined, `${taskId} was acknowledged and never written`);
    const earliest = askedAt + plan.delayMs - NEAR_MS;
    const stillFirst = site.truth.latest(taskId)?.revision === 1;
    if (stillFirst)
      assert.ok(site.truth.latest(taskId)!.dueAt >= earliest, `${taskId} is due before it may be`);
  },
);

const poll = actOf(
  "poll",
  fc.record({ via, worker: fc.nat(1), max: fc.integer({ min: 1, max: 3 }) }),
  async (plan, site) => void (await site.poll(plan.via, plan.worker, plan.max, 0)),
);

/** The lease that a worker got so many leases ago, whether it still has it or not. */
const leaseAgo = (site: Site, ago: number): LeasedTask | undefined => site.leases.at(-1 - ago);

const heartbeat = actOf(
  "heartbeat",
  fc.record({ via, worker: fc.nat(1), leases: fc.uniqueArray(fc.nat(3), { maxLength: 3 }) }),
  async (plan, site) => {
    const leases = plan.leases.flatMap((ago) => leaseAgo(site, ago) ?? []);
    await site.ask(plan.via, ({ workers }) =>
      workers.heartbeat({
        sessionId: SESSIONS[plan.worker]!,
        renewals: leases.map(({ leaseToken }) => ({ leaseToken })),
        freeSlots: 1,
      }),
    );
  },
);

const KINDS = ["success", "failure", "canceled", "release", "snooze", "fatal"] as const;

/** The same text for each report of a lease, so that a repeat of it is the same report. */
function outcomeOf(lease: LeasedTask, kind: (typeof KINDS)[number]): Outcome {
  const { leaseToken, taskId, attempt } = lease;
  const text = `${taskId} by attempt ${attempt}`;
  switch (kind) {
    case "success": {
      const result = { body: { case: "text", value: text } } as const;
      return create(OutcomeSchema, { leaseToken, kind: { case: kind, value: { result } } });
    }
    case "failure":
    case "fatal": {
      const value = { message: text, type: "Model", nonRetryable: kind === "fatal" };
      return create(OutcomeSchema, { leaseToken, kind: { case: "failure", value } });
    }
    case "canceled":
      return create(OutcomeSchema, { leaseToken, kind: { case: kind, value: { reason: text } } });
    case "release":
    case "snooze": {
      const delay = kind === "snooze" ? { delay: toDuration(20_000) } : {};
      const value = { reason: text, ...delay };
      return create(OutcomeSchema, { leaseToken, kind: { case: "release", value } });
    }
  }
}

/** Reports an outcome and keeps what was answered. */
export async function report(
  site: Site,
  via: number,
  lease: LeasedTask,
  kind: (typeof KINDS)[number],
): Promise<void> {
  const outcome = outcomeOf(lease, kind);
  const request = { sessionId: SESSIONS[0], outcomes: [outcome] };
  const answer = await site.ask(via, ({ workers }) => workers.reportOutcomes(request));
  const verdict = answer?.results[0]?.verdict;
  if (verdict === OutcomeVerdict.RECORDED) site.recorded.push({ lease, kind: outcome.kind.case! });
}

const reportAct = actOf(
  "report",
  fc.record({ via, ago: fc.nat(4), kind: fc.constantFrom(...KINDS) }),
  async (plan, site) => {
    const lease = leaseAgo(site, plan.ago);
    if (lease !== undefined) await report(site, plan.via, lease, plan.kind);
  },
);

/** What workers mostly do. */
const work = actOf(
  "work",
  fc.record({
    via,
    worker: fc.nat(1),
    max: fc.integer({ min: 1, max: 3 }),
    kind: fc.constantFrom("success", "success", ...KINDS),
  }),
  async (plan, site) => {
    const answer = await site.poll(plan.via, plan.worker, plan.max, 0);
    const leases = answer?.tasks ?? [];
    await Promise.all(leases.map((lease) => report(site, plan.via, lease, plan.kind)));
  },
);

const cancel = actOf(
  "cancel",
  fc.record({ via, task, forceMs: fc.constantFrom(undefined, 0, 5_000) }),
  async ({ via: to, task: number, forceMs }, site) => {
    const forceAfter = forceMs === undefined ? {} : { forceAfter: toDuration(forceMs) };
    await site.ask(to, ({ tasks }) => tasks.cancelTask({ taskId: idOf(number), ...forceAfter }));
  },
);

const retry = actOf("retry", fc.record({ via, task }), async (plan, site) => {
  await site.ask(plan.via, ({ tasks }) => tasks.retryTask({ taskId: idOf(plan.task) }));
});

const reschedule = actOf(
  "reschedule",
  fc.record({ via, task, delayMs: fc.constantFrom(0, 1_000, 40_000), priority: fc.nat(3) }),
  async (plan, site) => {
    const start = { case: "delay", value: toDuration(plan.delayMs) } as const;
    const request = { taskId: idOf(plan.task), start, priority: plan.priority };
    await site.ask(plan.via, ({ tasks }) => tasks.rescheduleTask(request));
  },
);

const remove = actOf("delete", fc.record({ via, task }), async (plan, site) => {
  site.hasDeleted = true;
  await site.ask(plan.via, ({ tasks }) => tasks.deleteTask({ taskId: idOf(plan.task) }));
});

const queue = fc.record({ via, queue: fc.nat(QUEUES.length - 1) });
const pause = actOf("pause", queue, async (plan, site) => {
  await site.ask(plan.via, ({ admin }) => admin.pauseQueue({ name: QUEUES[plan.queue]! }));
});
const resume = actOf("resume", queue, async (plan, site) => {
  await site.ask(plan.via, ({ admin }) => admin.resumeQueue({ name: QUEUES[plan.queue]! }));
});

const end = actOf(
  "unregister",
  fc.record({ via, worker: fc.nat(1) }),
  async (plan, site) =>
    void (await site.ask(plan.via, ({ workers }) =>
      workers.unregisterWorker({ sessionId: SESSIONS[plan.worker]! }),
    )),
);

const weighted = (weight: number, arbitrary: fc.Arbitrary<Act>) => ({ weight, arbitrary });

/** Any of them. */
export const act: fc.Arbitrary<Act> = fc.oneof(
  weighted(9, enqueue),
  weighted(5, poll),
  weighted(8, work),
  weighted(4, reportAct),
  weighted(2, heartbeat),
  weighted(1, cancel),
  weighted(2, retry),
  weighted(2, reschedule),
  weighted(1, remove),
  weighted(1, pause),
  weighted(1, resume),
  weighted(1, end),
);
