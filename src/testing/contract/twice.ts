/**
 * Decorators that call every method twice with the same arguments and fail where the second answer
 * is not the first: the suites run through them, so that each test is a test of idempotence too.
 */
import assert from "node:assert/strict";
import type { Broker } from "../../broker/broker.ts";
import type { Joint } from "../../storage/joint.ts";
import type { CreateVerdict, Documents, RenewVerdict, Storage } from "../../storage/storage.ts";
import { overlaid } from "./overlaid.ts";
import { assertSame } from "./setup.ts";

/** Fails where the second answer is not what the first one lets expect. */
type Again<Answer> = (second: Answer, first: Answer) => void;

/** A storage that repeats every call. Notices and `now` are the storage's own. */
export function twiceStorage<Subject extends Storage>(storage: Subject): Subject {
  const documents = twiceDocuments(storage.documents);
  const overrides: Partial<Storage> = {
    documents,
    create: async (params) => {
      const first = await storage.create(params);
      assert.equal(first.length, params.tasks.length);
      const second = await storage.create(params);
      const expected = first.map((verdict, index) =>
        createdAgain(verdict, params.tasks[index]!.record),
      );
      assertSame(second, expected, "create, repeated");
      return first;
    },
    write: repeated("write", (params) => storage.write(params)),
    renew: repeated("renew", (params) => storage.renew(params), assertRenewedAgain),
    remove: repeated("remove", (params) => storage.remove(params)),
    read: repeated("read", (params) => storage.read(params)),
    events: repeated("events", (params) => storage.events(params)),
    list: repeated("list", (params) => storage.list(params)),
    count: repeated("count", (params) => storage.count(params)),
    queueStats: repeated("queueStats", (params) => storage.queueStats(params)),
    overdue: repeated("overdue", (params) => storage.overdue(params)),
    intents: repeated("intents", (params) => storage.intents(params)),
    dropIntents: repeated("dropIntents", (params) => storage.dropIntents(params)),
    purge: async (params) => {
      const first = await storage.purge(params);
      // A full purge may have left something, which a second one would then delete.
      if (first.count >= params.limit) return first;
      assertSame(await storage.purge(params), { ...first, count: 0 }, "purge, repeated");
      return first;
    },
  };
  return overlaid(storage, overrides);
}

/** A joint backend that repeats every call; a hand-out repeats its nonce. */
export function twiceJoint(joint: Joint): Joint {
  const overrides: Partial<Joint> = { handOut: handOutTwice(joint) };
  return overlaid(twiceStorage(joint), overrides);
}

/** A broker that repeats every call; a take repeats its hold. */
export function twiceBroker(broker: Broker): Broker {
  const overrides: Partial<Broker> = {
    epoch: async () => {
      const first = await broker.epoch();
      assert.equal(await broker.epoch(), first, "epoch, repeated");
      return first;
    },
    bind: repeated("bind", (params) => broker.bind(params)),
    publish: repeated("publish", (params) => broker.publish(params)),
    settle: repeated("settle", (params) => broker.settle(params)),
    defer: repeated("defer", (params) => broker.defer(params)),
    take: async (params) => {
      const first = await broker.take(params);
      const second = await broker.take(params);
      if (first.messages.length === 0) return second;
      assertSame(second.messages, first.messages, "take, repeated");
      return first;
    },
  };
  return overlaid(broker, overrides);
}

/** A hand-out that is repeated; for everything that has one. */
export function handOutTwice(subject: Pick<Joint, "handOut">): Joint["handOut"] {
  return async (params) => {
    const first = await subject.handOut(params);
    const second = await subject.handOut(params);
    // Nothing was taken: the repeat may find what has become due since.
    if (first.records.length === 0) return second;
    assertSame(second.records, first.records, "handOut, repeated");
    return first;
  };
}

function twiceDocuments(documents: Documents): Documents {
  return {
    get: repeated("documents.get", (params) => documents.get(params)),
    list: repeated("documents.list", (params) => documents.list(params)),
    remove: repeated("documents.remove", (params) => documents.remove(params)),
    put: async (params) => {
      const first = await documents.put(params);
      assert.equal(first.length, params.items.length);
      const second = await documents.put(params);
      for (const [index, verdict] of second.entries()) {
        const before = first[index]!;
        assert.equal(verdict.kind, before.kind, "documents.put, repeated");
        assertSame(verdict.document?.value, before.document?.value);
        // Without an expected version each put is one more.
        if (params.items[index]!.expectedVersion !== undefined)
          assert.equal(verdict.document?.version, before.document?.version);
      }
      return second;
    },
  };
}

/** A call that is made twice; `again` judges the second answer, by default it must be the first one. */
export function repeated<Params, Answer>(
  what: string,
  call: (params: Params) => Promise<Answer>,
  again: Again<Answer> = (second, first) => assertSame(second, first, `${what}, repeated`),
): (params: Params) => Promise<Answer> {
  return async (params) => {
    const first = await call(params);
    again(await call(params), first);
    return first;
  };
}

/** What the repeat of a create answers where the first answered with that verdict. */
export function createdAgain(verdict: CreateVerdict, record: unknown): unknown {
  return verdict.kind === "created" ? { kind: "exists", record } : verdict;
}

/** Each renewal counts from its own time, so the lease may end later. */
function assertRenewedAgain(second: readonly RenewVerdict[], first: readonly RenewVerdict[]): void {
  assert.equal(second.length, first.length);
  for (const [index, verdict] of second.entries()) {
    const before = first[index]!;
    if (verdict.kind === "held" && before.kind === "held") {
      assert.ok(verdict.leaseEndAt >= before.leaseEndAt, "the repeat shortens the lease");
      assertSame({ ...verdict, leaseEndAt: 0 }, { ...before, leaseEndAt: 0 });
    } else assertSame(verdict, before, "renew, repeated");
  }
}
