/** For each part of a suite a bug that this part refuses: without it the part could be lost, and nobody would notice. */
import { create } from "@bufbuild/protobuf";
import { TaskFilterSchema } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { Broker } from "../../../src/broker/broker.ts";
import type { Joint } from "../../../src/storage/joint.ts";
import { overlaid } from "../../../src/testing/contract/overlaid.ts";

type Bug<Component> = (component: Component) => Partial<Component>;

/** The component with the bug. */
export function withBug<Component extends object>(
  component: Component,
  bug: Bug<Component>,
): Component {
  return overlaid(component, bug(component));
}

/** By the parts of the broker's suite. */
export const OF_BROKERS: Readonly<Record<string, Bug<Broker>>> = {
  "lifecycle and ties": () => ({ bind: async (params) => params }),
  publish: (broker) => ({
    publish: ({ messages }) => broker.publish({ messages: messages.slice(0, 500) }),
  }),
  take: (broker) => ({
    publish: ({ messages }) =>
      broker.publish({ messages: messages.map((message) => ({ ...message, priority: 0 })) }),
  }),
  holds: () => ({ settle: async () => {} }),
};

/** By the parts of the storage's suite. */
export const OF_STORAGES: Readonly<Record<string, Bug<Joint>>> = {
  lifecycle: () => ({ now: () => 0 }),
  create: (joint) => ({
    create: async (params) => {
      const verdicts = await joint.create(params);
      // What differs in a batch of a thousand would take the runner long to show.
      if (verdicts.length > 10) return verdicts;
      return verdicts.map((verdict) =>
        verdict.kind === "exists" ? { ...verdict, kind: "held" } : verdict,
      );
    },
  }),
  "unique keys": (joint) => ({
    create: ({ tasks, ...params }) =>
      joint.create({ ...params, tasks: tasks.map(({ record }) => ({ record })) }),
  }),
  roundtrip: (joint) => ({
    read: async (params) =>
      (await joint.read(params)).map((record) => record && { ...record, orderAt: 0 }),
  }),
  write: (joint) => ({
    write: async (params) => (await joint.write(params)).map(() => ({ kind: "applied" })),
  }),
  events: (joint) => ({
    events: async (params) => {
      const { events, more } = await joint.events(params);
      return { events: events.toReversed(), more };
    },
  }),
  leases: () => ({
    renew: async ({ renewals }) => renewals.map(() => ({ kind: "lost" })),
  }),
  remove: () => ({
    remove: async ({ items }) => items.map(() => ({ kind: "removed" })),
  }),
  list: (joint) => ({
    list: async (params) => {
      const { records, ...page } = await joint.list(params);
      return { ...page, records: records.toReversed() };
    },
  }),
  filters: (joint) => ({
    list: (params) => joint.list({ ...params, filter: create(TaskFilterSchema) }),
  }),
  counts: (joint) => ({
    count: async (params) => ({ ...(await joint.count(params)), count: 1 }),
  }),
  overdue: () => ({ overdue: async () => ({ records: [], nextAt: 0 }) }),
  purge: () => ({ purge: async () => ({ count: 0, nextAt: 0 }) }),
  intents: () => ({ intents: async () => [] }),
  feed: (joint) => ({
    subscribe: (listener) =>
      joint.subscribe((notice) =>
        listener(notice.kind === "changes" ? { ...notice, work: [] } : notice),
      ),
  }),
  documents: (joint) => ({
    documents: overlaid(joint.documents, { list: async () => [] }),
  }),
};

/** By the parts of the suite of joint backends. */
export const OF_JOINT: Readonly<Record<string, Bug<Joint>>> = {
  start: (joint) => ({
    handOut: (params) => joint.handOut({ ...params, workerId: "another" }),
  }),
  order: (joint) => ({
    handOut: async (params) => {
      const { records, ...rest } = await joint.handOut(params);
      return { ...rest, records: records.toReversed() };
    },
  }),
  "due times": (joint) => ({
    handOut: async (params) => ({ ...(await joint.handOut(params)), nextDueAt: 0 }),
  }),
  limits: (joint) => ({
    handOut: (params) => joint.handOut({ ...params, maxBytes: Number.MAX_SAFE_INTEGER }),
  }),
  "after nothing": (joint) => {
    let wasEmpty = false;
    return {
      handOut: async (params) => {
        if (wasEmpty) return { records: [], more: false, nextDueAt: 0 };
        const answer = await joint.handOut(params);
        wasEmpty = answer.records.length === 0;
        return answer;
      },
    };
  },
};
