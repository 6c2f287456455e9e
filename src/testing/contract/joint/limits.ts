/** How much one hand-out takes, and whether something is left. */
import assert from "node:assert/strict";
import type { Joint } from "../../../storage/joint.ts";
import { makeRecord, makeSpec } from "../records.ts";
import { add } from "../scenes.ts";
import type { Declare } from "../setup.ts";
import { handOut, idsOf, takeIds } from "./taking.ts";

/** Tasks of one queue in their order, with specs of these sizes. */
async function addSized(joint: Joint, ...sizes: number[]): Promise<string[]> {
  const at = Date.now() - 60_000;
  const records = sizes.map((size, index) =>
    makeRecord({ dueAt: at + index, spec: new Uint8Array(size) }),
  );
  await add(joint, ...records);
  return idsOf(records);
}

export function limitTests(it: Declare<Joint>): void {
  it("no more than max, and whether more is due", async ({ subject }) => {
    const ids = await addSized(subject, 10, 10, 10, 10, 10);
    const first = await handOut(subject, { max: 2 });
    assert.deepEqual([idsOf(first.records), first.more], [ids.slice(0, 2), true]);
    const second = await handOut(subject, { max: 3 });
    assert.deepEqual([idsOf(second.records), second.more], [ids.slice(2), false]);
  });

  it("more is about these offers only, and about what is due", async ({ subject }) => {
    await add(
      subject,
      makeRecord(),
      makeRecord({ name: "other" }),
      makeRecord({ queue: "other" }),
      makeRecord({ dueAt: Date.now() + 60_000 }),
    );
    assert.equal((await handOut(subject, { max: 1 })).more, false);
  });

  it("more is true for work in a later queue", async ({ subject }) => {
    await add(subject, makeRecord(), makeRecord({ queue: "second" }));
    const offers = ["default", "second"].map((queue) => ({ queue, names: ["mail.send"] }));
    assert.equal((await handOut(subject, { offers, max: 1 })).more, true);
  });

  it("the specs stay below maxBytes", async ({ subject }) => {
    const ids = await addSized(subject, 400, 400, 400, 400);
    const first = await handOut(subject, { maxBytes: 1_000 });
    assert.deepEqual([idsOf(first.records), first.more], [ids.slice(0, 2), true]);
    const second = await handOut(subject, { maxBytes: 800 });
    assert.deepEqual([idsOf(second.records), second.more], [ids.slice(2), false]);
  });

  it("the first task is taken whatever its size", async ({ subject }) => {
    const ids = await addSized(subject, 5_000, 5_000, 10);
    assert.deepEqual(await takeIds(subject, { maxBytes: 100 }), ids.slice(0, 1));
    assert.deepEqual(await takeIds(subject, { maxBytes: 1 }), ids.slice(1, 2));
    assert.deepEqual(await takeIds(subject, { maxBytes: 1 }), ids.slice(2));
  });

  it("a task that does not fit is not overtaken", async ({ subject }) => {
    const ids = await addSized(subject, 100, 5_000, 100);
    assert.deepEqual(await takeIds(subject, { maxBytes: 1_000 }), ids.slice(0, 1));
    assert.deepEqual(await takeIds(subject, { maxBytes: 1e6 }), ids.slice(1));
  });

  it("specs of a mebibyte", async ({ subject }) => {
    const record = makeRecord({ spec: makeSpec("mail.send", 1024 * 1024) });
    await add(subject, record);
    const { records } = await handOut(subject);
    assert.equal(Buffer.compare(records[0]!.spec, record.spec), 0);
  });
}
