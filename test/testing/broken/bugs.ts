/** Brokers and storages with one deliberate bug each: what their authors would get wrong. */
import type { Broker } from "../../../src/broker/broker.ts";
import type { Joint } from "../../../src/storage/joint.ts";
import { aroundCalls, type Around } from "../../../src/testing/index.ts";

/** Bugs of a broker, by their names. */
export const BROKER_BUGS: Readonly<Record<string, (broker: Broker) => Broker>> = {
  "takes the same messages for every hold": (broker) =>
    only(broker, "take", async ({ params }) => {
      const hold = "0".repeat(32);
      return broker.take({ ...(params as Parameters<Broker["take"]>[0]), hold });
    }),
  "forgets delays": (broker) =>
    only(broker, "publish", async ({ params }) => {
      const { messages } = params as Parameters<Broker["publish"]>[0];
      return broker.publish({ messages: messages.map((message) => ({ ...message, delayMs: 0 })) });
    }),
  "belongs to whoever asked last": (broker) => only(broker, "bind", async ({ params }) => params),
};

/** Bugs of a joint backend, by their names. */
export const STORAGE_BUGS: Readonly<Record<string, (joint: Joint) => Joint>> = {
  "writes whatever the revision": (joint) =>
    only(joint, "write", async ({ params }) => {
      const { changes } = params as Parameters<Joint["write"]>[0];
      const records = await joint.read({ ids: changes.map(({ after }) => after.id) });
      const forced = changes.map((change, index) => ({
        ...change,
        revision: records[index]?.revision ?? change.revision,
      }));
      return joint.write({ ...(params as Parameters<Joint["write"]>[0]), changes: forced });
    }),
  "refuses the repeat of a write": (joint) => {
    const seen = new Set<string>();
    return only(joint, "write", async ({ params }) => {
      const { changes } = params as Parameters<Joint["write"]>[0];
      const key = changes.map(({ after }) => `${after.id} ${after.revision} ${after.stamp}`).join();
      const verdicts = await joint.write(params as Parameters<Joint["write"]>[0]);
      if (seen.has(key)) return verdicts.map(() => ({ kind: "conflict", record: undefined }));
      seen.add(key);
      return verdicts;
    });
  },
  "has documents without versions": (joint) =>
    only(joint, "documents.put", async ({ params }) => {
      const { items } = params as Parameters<Joint["documents"]["put"]>[0];
      const blind = items.map((item) => ({ ...item, expectedVersion: undefined }));
      return joint.documents.put({ items: blind });
    }),
};

/** Bugs that only the joint suite can see. */
export const JOINT_BUGS: Readonly<Record<string, (joint: Joint) => Joint>> = {
  "hands out another task to each repeat": (joint) =>
    only(joint, "handOut", async ({ params }) => {
      const nonce = crypto.randomUUID().replaceAll("-", "");
      return joint.handOut({ ...(params as Parameters<Joint["handOut"]>[0]), nonce });
    }),
  "hands out more than is asked for": (joint) =>
    only(joint, "handOut", async ({ params }) => {
      const asked = params as Parameters<Joint["handOut"]>[0];
      return joint.handOut({ ...asked, max: asked.max + 1 });
    }),
};

function only<Component extends Broker | Joint>(
  component: Component,
  method: string,
  instead: Around,
): Component {
  return aroundCalls(component, (call) => (call.method === method ? instead(call) : call.make()));
}
