/** What a hand-out promises beside the parts of the joint suite, which run on every backend too. */
import assert from "node:assert/strict";
import { AttemptState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { nonce } from "../../../src/core/ids.ts";
import { giveBack } from "../../../src/core/transitions.ts";
import { handOutParams, idsOf } from "../../../src/testing/contract/joint/taking.ts";
import { makeRecord } from "../../../src/testing/contract/records.ts";
import { assertSame } from "../../../src/testing/contract/setup.ts";
import type { DeclareBackend } from "./stage.ts";

export function handOutTests(it: DeclareBackend): void {
  it("a repeat takes nothing more, though more would fit", async ({ once, settled }) => {
    const records = Array.from({ length: 6 }, () => makeRecord());
    await once.create(records.slice(0, 3).map((record) => ({ record })));
    await settled();
    const params = handOutParams({ max: 5 });
    const first = await once.handOut(params);
    assert.equal(first.records.length, 3);
    await once.create(records.slice(3).map((record) => ({ record })));
    await settled();
    const second = await once.handOut(params);
    assertSame(second.records, first.records);
    assert.equal(second.more, true);
    assert.equal((await once.handOut(handOutParams())).records.length, 3);
  });

  it("a repeat leaves out what has come back since", async ({ once, settled }) => {
    const records = [makeRecord(), makeRecord()];
    await once.create(records.map((record) => ({ record })));
    await settled();
    const params = handOutParams();
    const [left, kept] = (await once.handOut(params)).records;
    const end = { now: Date.now(), state: AttemptState.RELEASED, reported: true };
    await once.write([{ revision: left!.revision, after: giveBack(left!, end, 0) }]);
    await settled();
    assert.deepEqual(idsOf((await once.handOut(params)).records), [kept!.id]);
    assert.deepEqual(idsOf((await once.handOut(handOutParams())).records), [left!.id]);
  });

  it("takers at once share the tasks, each starts once", async ({ once, settled }) => {
    const records = Array.from({ length: 120 }, () => makeRecord());
    await once.create(records.map((record) => ({ record })));
    await settled();
    const take = async (): Promise<string[]> => {
      const taken: string[] = [];
      for (;;) {
        const answer = await once.handOut(handOutParams({ max: 7, nonce: nonce() }));
        taken.push(...idsOf(answer.records));
        if (answer.records.length === 0 && !answer.more) return taken;
      }
    };
    const taken = (await Promise.all(Array.from({ length: 6 }, take))).flat();
    assert.deepEqual(taken.toSorted(), idsOf(records).toSorted());
  });
}
