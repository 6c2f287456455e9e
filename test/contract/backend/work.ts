/** Notices of work: what wakes a poll that waits. */
import assert from "node:assert/strict";
import { AttemptState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { giveBack, succeed } from "../../../src/core/transitions.ts";
import type { Backend } from "../../../src/pipeline/backend.ts";
import type { Work } from "../../../src/storage/storage.ts";
import { handOut } from "../../../src/testing/contract/joint/taking.ts";
import { makeRecord } from "../../../src/testing/contract/records.ts";
import { eventually } from "../../../src/testing/contract/setup.ts";
import type { DeclareBackend } from "./stage.ts";

/** All work that a backend told of since. */
class Told {
  readonly work: Work[] = [];
  readonly end: () => void;

  constructor(backend: Backend) {
    this.end = backend.onWork((work) => this.work.push(...(work ?? [])));
  }

  of(queue: string): Work | undefined {
    return this.work.find((item) => item.queue === queue);
  }

  async untilOf(queue: string): Promise<Work> {
    return eventually(`work in queue ${queue}`, () => this.of(queue));
  }
}

/** Clocks of broker, storage and test may differ by this much, in ms. */
const NEAR_MS = 250;

export function workTests(it: DeclareBackend): void {
  it("tasks that are due are told as due", async ({ backend }) => {
    const told = new Told(backend);
    await backend.create([{ record: makeRecord({ queue: "a" }) }]);
    const { name, count, dueAt } = await told.untilOf("a");
    assert.deepEqual([name, count], ["mail.send", 1]);
    assert.ok(dueAt <= backend.storage.now(), "told as due later");
    told.end();
  });

  it("tasks that lie ahead are told with their time", async ({ backend }) => {
    const told = new Told(backend);
    const soon = backend.storage.now() + 30_000;
    const records = [soon + 9_000, soon].map((dueAt) => makeRecord({ queue: "a", dueAt }));
    await backend.create(records.map((record) => ({ record })));
    const { dueAt, count } = await told.untilOf("a");
    assert.equal(count, 2);
    assert.ok(Math.abs(dueAt - soon) < NEAR_MS, `${dueAt} is not near ${soon}`);
    told.end();
  });

  it("a task that comes back is told, one that ends is not", async ({ backend, settled }) => {
    const [back, ended] = [makeRecord({ queue: "back" }), makeRecord({ queue: "ended" })];
    await backend.create([{ record: back }, { record: ended }]);
    await settled();
    const offers = ["back", "ended"].map((queue) => ({ queue, names: ["mail.send"] }));
    const [first, second] = (await handOut(backend, { offers })).records;
    // Notices of what came before may still be under way.
    const marker = new Told(backend);
    await backend.create([{ record: makeRecord({ queue: "marker" }) }]);
    await marker.untilOf("marker");
    marker.end();
    const told = new Told(backend);
    const end = { now: Date.now(), state: AttemptState.RELEASED, reported: true };
    const success = { now: Date.now(), reported: true, result: undefined };
    await backend.write([
      { revision: second!.revision, after: succeed(second!, success) },
      { revision: first!.revision, after: giveBack(first!, end, 0) },
    ]);
    await told.untilOf("back");
    assert.equal(told.of("ended"), undefined);
    told.end();
  });

  it("every listener hears, until it ends", async ({ backend }) => {
    const [first, second] = [new Told(backend), new Told(backend)];
    await backend.create([{ record: makeRecord({ queue: "early" }) }]);
    await Promise.all([first.untilOf("early"), second.untilOf("early")]);
    first.end();
    first.end();
    await backend.create([{ record: makeRecord({ queue: "late" }) }]);
    await second.untilOf("late");
    assert.equal(first.of("late"), undefined);
    second.end();
  });
}
