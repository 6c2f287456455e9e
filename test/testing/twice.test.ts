/** The suites call everything twice: here the second answer is another one, and each call fails by it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Broker } from "../../src/broker/broker.ts";
import type { Joint } from "../../src/storage/joint.ts";
import type { Documents } from "../../src/storage/storage.ts";
import { twiceBroker, twiceJoint } from "../../src/testing/contract/twice.ts";
import type { CallName } from "../../src/testing/faults/around-calls.ts";

interface Differing {
  readonly params?: unknown;
  readonly answers: readonly [unknown, unknown];
}

/** `ping` gives nothing and is repeated by itself all the time. */
type Calls<Component> = Exclude<CallName & keyof Component, "ping">;

const DIFFER: Differing = { answers: [[1], [2]] };

/** Of storages and joint backends; the compiler misses what is not here. */
const OF_JOINT: Record<Calls<Joint>, Differing> = {
  create: {
    params: { tasks: [{ record: {} }] },
    answers: [[{ kind: "created" }], [{ kind: "created" }]],
  },
  write: DIFFER,
  renew: {
    answers: [[{ kind: "held", leaseEndAt: 2 }], [{ kind: "held", leaseEndAt: 1 }]],
  },
  remove: DIFFER,
  read: DIFFER,
  events: DIFFER,
  list: DIFFER,
  count: DIFFER,
  queueStats: DIFFER,
  overdue: DIFFER,
  intents: DIFFER,
  dropIntents: DIFFER,
  purge: { params: { limit: 10 }, answers: [{ count: 0 }, { count: 1 }] },
  handOut: { answers: [{ records: [1] }, { records: [] }] },
};

const OF_DOCUMENTS: Record<keyof Documents, Differing> = {
  get: DIFFER,
  list: DIFFER,
  remove: DIFFER,
  put: { params: { items: [{}] }, answers: [[{ kind: "written" }], [{ kind: "conflict" }]] },
};

const OF_BROKER: Record<Calls<Broker>, Differing> = {
  epoch: DIFFER,
  bind: DIFFER,
  publish: DIFFER,
  settle: DIFFER,
  defer: DIFFER,
  take: { answers: [{ messages: [1] }, { messages: [2] }] },
};

/** A component whose calls give those answers, one after the other. */
function component(calls: Readonly<Record<string, Differing>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(calls).map(([name, { answers }]) => {
      const left = [...answers];
      return [name, async () => left.shift()];
    }),
  );
}

async function assertRefused(subject: object, calls: Record<string, Differing>): Promise<void> {
  for (const [name, { params }] of Object.entries(calls)) {
    const call = (subject as Record<string, (params: unknown) => Promise<unknown>>)[name]!;
    await assert.rejects(call(params), { code: "ERR_ASSERTION" }, name);
  }
}

test("each call of a joint backend", async () => {
  const subject = { ...component(OF_JOINT), documents: component(OF_DOCUMENTS) };
  const twice = twiceJoint(subject as unknown as Joint);
  await assertRefused(twice, OF_JOINT);
  await assertRefused(twice.documents, OF_DOCUMENTS);
});

test("each call of a broker", async () => {
  await assertRefused(twiceBroker(component(OF_BROKER) as unknown as Broker), OF_BROKER);
});
