/** The steps of a pair's hand-out, each of which may be overtaken, repeated or meant for a task that moved on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { Broker } from "../../../src/broker/broker.ts";
import { nonce } from "../../../src/core/ids.ts";
import { DEFAULT_TIMINGS } from "../../../src/core/limits.ts";
import type { TaskRecord } from "../../../src/core/record.ts";
import { endWaiting } from "../../../src/core/transitions.ts";
import { ComposedBackend, messageOf } from "../../../src/pipeline/composed-backend.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import { takeParams } from "../../../src/testing/contract/broker/messages.ts";
import { faulty, type Fault } from "../../../src/testing/faults/faulty.ts";
import { outOfReach } from "../../../src/testing/faults/out-of-reach.ts";
import {
  handOut,
  handOutParams,
  idsOf,
  takeIds,
} from "../../../src/testing/contract/joint/taking.ts";
import { overlaid } from "../../../src/testing/contract/overlaid.ts";
import { makeFailure, makeRecord, startNow } from "../../../src/testing/contract/records.ts";
import { add, addRunning, finish, put } from "../../../src/testing/contract/scenes.ts";
import { assertSame, eventually } from "../../../src/testing/contract/setup.ts";
import { clearPlace, openParts, type PlaceSetup } from "./places.ts";
import { untilReconciled } from "./stage.ts";

interface Halves {
  readonly backend: ComposedBackend;
  /** As they are, without the wrappers around what the backend uses. */
  readonly storage: Storage;
  readonly broker: Broker;
  /** Done once, after the backend's next read and before its start of what it read. */
  between: (() => Promise<unknown>) | undefined;
  /** Asked at the storage's calls. */
  fault: Fault;
}

const HOLD_MS = 150;
const TIMINGS = { ...DEFAULT_TIMINGS, holdMs: HOLD_MS, reconcileIntervalMs: 3_600_000 };
const logger = pino({ level: "silent" });

function declareOver(setup: PlaceSetup) {
  return (title: string, body: (halves: Halves) => Promise<void>): void => {
    test(title, async () => {
      const place = await setup();
      const halves = open(openParts(place));
      try {
        await halves.backend.start();
        await untilReconciled(halves.storage);
        await body(halves);
      } finally {
        await halves.backend.stop();
        await clearPlace(place);
      }
    });
  };
}

function open(parts: ReturnType<typeof openParts>): Halves {
  assert.ok("broker" in parts);
  const { storage, broker } = parts;
  const read: Storage["read"] = async (params) => {
    const records = await storage.read(params);
    const { between } = halves;
    halves.between = undefined;
    await between?.();
    return records;
  };
  const watched = faulty(overlaid(storage, { read }), (step) => halves.fault(step));
  const backend = new ComposedBackend(watched, broker, TIMINGS, logger);
  const halves: Halves = {
    backend,
    storage,
    broker,
    between: undefined,
    fault: () => undefined,
  };
  return halves;
}

/** Into both halves, past the backend. */
async function addWaiting({ storage, broker }: Halves, record: TaskRecord): Promise<void> {
  await add(storage, record);
  await publish(broker, record);
}

function publish(broker: Broker, ...records: readonly TaskRecord[]): Promise<void> {
  const messages = records.map((record) => ({ ...messageOf(record, 0), delayMs: 0 }));
  return broker.publish({ messages });
}

/** Nothing is left in the broker, under a hold or not. */
async function assertEmptied(broker: Broker): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 2 * HOLD_MS));
  assert.deepEqual((await broker.take(takeParams())).messages, []);
}

/** Declares the tests for a pair. */
export function protocolTests(setup: PlaceSetup): void {
  const it = declareOver(setup);

  it("a task that ends between its read and its start is not handed out", async (halves) => {
    const { backend, storage, broker } = halves;
    const record = makeRecord();
    await addWaiting(halves, record);
    const end = { now: Date.now(), failure: makeFailure("Canceled") };
    const canceled = endWaiting(record, TaskState.CANCELED, end);
    halves.between = () => put(storage, record, canceled);
    assert.deepEqual(await takeIds(backend), []);
    await assertEmptied(broker);
  });

  it("a task that another server starts first is not handed out", async (halves) => {
    const { backend, storage, broker } = halves;
    const record = makeRecord();
    await addWaiting(halves, record);
    const started = startNow(record);
    halves.between = () => put(storage, record, started);
    assert.deepEqual(await takeIds(backend), []);
    assertSame(await storage.read({ ids: [record.id] }), [started]);
    await assertEmptied(broker);
  });

  for (const when of ["before", "after"] as const)
    it(`a repeat after a start that failed ${when} it was written gives the tasks`, async (halves) => {
      const { backend, broker } = halves;
      const records = [makeRecord({ priority: 2 }), makeRecord({ priority: 1 })];
      for (const record of records) await addWaiting(halves, record);
      let failures = 1;
      halves.fault = (step) => {
        if (step.method === "write" && step.when === when && failures-- > 0) throw outOfReach(step);
      };
      const params = handOutParams({ max: 2 });
      await assert.rejects(backend.handOut(params), { reason: "STORAGE_UNAVAILABLE" });
      const first = await backend.handOut(params);
      assert.deepEqual(idsOf(first.records), idsOf(records));
      assert.deepEqual(
        first.records.map(({ attempt }) => attempt),
        [1, 1],
      );
      assertSame((await backend.handOut(params)).records, first.records);
      await assertEmptied(broker);
    });

  it("what stays under a hold is offered again when the hold is over", async (halves) => {
    const { backend, broker } = halves;
    const record = makeRecord();
    await addWaiting(halves, record);
    const lost = takeParams({ hold: nonce(), holdMs: HOLD_MS });
    assert.equal((await broker.take(lost)).messages.length, 1);
    assert.deepEqual(await takeIds(backend), []);
    const taken = await eventually("the task", async () => (await handOut(backend)).records[0]);
    assert.equal(taken.id, record.id);
    await assertEmptied(broker);
  });

  it("messages for tasks that moved on are dropped", async (halves) => {
    const { backend, storage, broker } = halves;
    const [gone, waiting] = [makeRecord(), makeRecord()];
    const running = await addRunning(storage, makeRecord());
    const ended = await finish(storage, await addRunning(storage, makeRecord()));
    await add(storage, waiting);
    await publish(broker, gone, running, ended, waiting);
    assert.deepEqual(await takeIds(backend), [waiting.id]);
    await assertEmptied(broker);
  });

  it("a message that is due before its task is waits for it", async (halves) => {
    const { backend, storage, broker } = halves;
    const record = makeRecord({ dueAt: storage.now() + 300 });
    await add(storage, record);
    await publish(broker, record);
    const early = await handOut(backend);
    assert.deepEqual(idsOf(early.records), []);
    const taken = await eventually("the task", async () => (await handOut(backend)).records[0]);
    assert.ok(taken.attemptStartedAt >= record.dueAt, "before it was due");
    await assertEmptied(broker);
  });

  it("what exceeds the bytes is left for the next, at once", async (halves) => {
    const { backend } = halves;
    const records = [2, 1].map((priority) => makeRecord({ priority, spec: new Uint8Array(600) }));
    for (const record of records) await addWaiting(halves, record);
    const first = await handOut(backend, { maxBytes: 1_000 });
    assert.deepEqual([idsOf(first.records), first.more], [[records[0]!.id], true]);
    assert.deepEqual(await takeIds(backend), [records[1]!.id]);
  });
}
