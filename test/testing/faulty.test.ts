/** Faults on demand, around real components. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nonce } from "../../src/core/ids.ts";
import {
  aroundCalls,
  FaultPlan,
  faulty,
  jointContract,
  MemoryBroker,
  MemoryStorage,
  storageContract,
} from "../../src/testing/index.ts";
import { makeRecord } from "../../src/testing/contract/records.ts";

const OFFERS = [{ queue: "default", names: ["mail.send"] }];

function open() {
  const faults = new FaultPlan();
  const real = new MemoryStorage();
  return { faults, real, storage: faulty(real, faults) };
}

function newTask() {
  return { record: makeRecord() };
}

describe("a plan", () => {
  test("without faults nothing changes, and calls are recorded", async () => {
    const { faults, storage } = open();
    const params = { tasks: [newTask()] };
    assert.deepEqual(await storage.create(params), [{ kind: "created" }]);
    await storage.documents.list({ kind: "x" });
    const [create, list] = faults.calls;
    assert.deepEqual(create, {
      part: "storage",
      method: "create",
      params,
      reached: true,
      error: undefined,
    });
    assert.equal(list?.method, "documents.list");
    assert.equal(faults.callsOf("create").length, 1);
  });

  test("before: the call never arrives", async () => {
    const { faults, real, storage } = open();
    const fault = faults.fail({ methods: ["create"], times: 1 });
    const task = newTask();
    await assert.rejects(storage.create({ tasks: [task] }), { reason: "STORAGE_UNAVAILABLE" });
    assert.deepEqual(await real.read({ ids: [task.record.id] }), [undefined]);
    assert.equal(faults.calls[0]?.reached, false);
    assert.deepEqual(await storage.create({ tasks: [task] }), [{ kind: "created" }]);
    assert.equal(fault.hits, 1);
  });

  test("after: it took effect, and its answer is lost", async () => {
    const { faults, storage } = open();
    faults.fail({ methods: ["create"], when: "after", times: 2 });
    const task = newTask();
    for (let times = 0; times < 2; times++)
      await assert.rejects(storage.create({ tasks: [task] }), { reason: "STORAGE_UNAVAILABLE" });
    const [verdict] = await storage.create({ tasks: [task] });
    assert.equal(verdict?.kind, "exists");
    assert.deepEqual(
      faults.calls.map(({ reached, error }) => [reached, error !== undefined]),
      [
        [true, true],
        [true, true],
        [true, false],
      ],
    );
  });

  test("without a number of times it lasts until it is lifted", async () => {
    const { faults, storage } = open();
    const outage = faults.fail();
    for (let times = 0; times < 3; times++) await assert.rejects(storage.ping());
    await assert.rejects(storage.documents.get({ keys: [] }), { reason: "STORAGE_UNAVAILABLE" });
    outage.lift();
    outage.lift();
    await storage.ping();
    assert.equal(outage.hits, 4);
  });

  test("start, stop, now and notices are the component's own", async () => {
    const { faults, real, storage } = open();
    faults.fail();
    await storage.start();
    assert.ok(Math.abs(storage.now() - real.now()) < 1_000);
    const told = Promise.withResolvers<void>();
    const end = storage.subscribe(() => told.resolve());
    await real.create({ tasks: [newTask()] });
    await told.promise;
    end();
    await storage.stop();
    assert.deepEqual(faults.calls, []);
  });

  test("calls with certain parameters alone, by an error of one's own", async () => {
    const { faults, storage } = open();
    const wanted = newTask();
    faults.fail({
      methods: ["create"],
      matching: (params) => JSON.stringify(params).includes(wanted.record.id),
      error: () => new TypeError("no such disk"),
    });
    await storage.create({ tasks: [newTask()] });
    await assert.rejects(storage.create({ tasks: [wanted] }), TypeError);
  });

  test("delays hold calls up, and they work as ever", async () => {
    const { faults, storage } = open();
    faults.delay(40, { methods: ["ping"], times: 1 });
    const startedAt = performance.now();
    await storage.ping();
    assert.ok(performance.now() - startedAt >= 38);
    faults.fail({ methods: ["ping"], delayMs: 40, times: 1 });
    await assert.rejects(storage.ping(), { reason: "STORAGE_UNAVAILABLE" });
    assert.ok(performance.now() - startedAt >= 76);
  });

  test("of several faults the last one is taken, and clear ends all", async () => {
    const { faults, storage } = open();
    const first = faults.fail({ error: () => new Error("first") });
    const second = faults.fail({ times: 1, error: () => new Error("second") });
    await assert.rejects(storage.ping(), { message: "second" });
    await assert.rejects(storage.ping(), { message: "first" });
    assert.deepEqual([first.hits, second.hits], [1, 1]);
    faults.clear();
    await storage.ping();
    assert.equal(faults.calls.length, 1);
  });

  test("one plan over a broker and a storage; brokers fail by their own reason", async () => {
    const { faults, storage } = open();
    const broker = faulty(new MemoryBroker(), faults);
    const take = { offers: OFFERS, max: 1, hold: nonce(), holdMs: 1_000 };
    faults.fail({ times: 2 });
    await assert.rejects(broker.take(take), { reason: "BROKER_UNAVAILABLE" });
    await assert.rejects(storage.ping(), { reason: "STORAGE_UNAVAILABLE" });
    assert.deepEqual(
      faults.calls.map(({ part }) => part),
      ["broker", "storage"],
    );
  });

  test("options that make no sense are refused, naming them", () => {
    const faults = new FaultPlan();
    const invalid = (message: RegExp) => ({ reason: "CONFIG_INVALID", message });
    assert.throws(() => faults.fail({ times: 0 }), invalid(/times .* got 0/));
    assert.throws(() => faults.fail({ methods: [] }), invalid(/methods .* got \[\]/));
    assert.throws(() => faults.delay(-5), invalid(/delayMs .* got -5/));
  });
});

test("a function is asked before and after each call", async () => {
  const steps: string[] = [];
  const storage = faulty(new MemoryStorage(), async ({ part, method, when }) => {
    await Promise.resolve();
    steps.push(`${part}.${method} ${when}`);
  });
  await storage.ping();
  assert.deepEqual(steps, ["storage.ping before", "storage.ping after"]);
});

test("calls can be made otherwise, or not at all", async () => {
  const silent = aroundCalls(new MemoryBroker(), async ({ method, make }) =>
    method === "epoch" ? "always" : make(),
  );
  assert.equal(await silent.epoch(), "always");
  assert.match(silent.brokerId, /^[0-9a-f]{32}$/);
});

const wrapped = async () => ({ subject: open().storage, close: async () => undefined });
storageContract("memory, behind a plan without faults", wrapped);
jointContract("memory, behind a plan without faults", wrapped);
