/** Whatever a record holds comes back as it was. */
import assert from "node:assert/strict";
import { AttemptState, TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { retryByHand, retryLater, succeed } from "../../../core/transitions.ts";
import type { Storage } from "../../../storage/storage.ts";
import { everyByte, fullRecord, makeFailure, makeRecord, makeSpec, startNow } from "../records.ts";
import { add, addRunning, put, readOne } from "../scenes.ts";
import { assertSame, type Declare } from "../setup.ts";

const MIB = 1024 * 1024;

export function roundtripTests(it: Declare<Storage>): void {
  it("a record with every section set", async ({ subject }) => {
    const record = fullRecord();
    await add(subject, record);
    assertSame(await readOne(subject, record.id), record);
  });

  it("every field of a leased record", async ({ subject }) => {
    const record = fullRecord();
    await add(subject, record);
    const running = startNow(record, { delivered: true, leaseMs: 12_345 });
    const canceling = { ...running, state: TaskState.CANCELING, forceAt: running.updatedAt + 1 };
    await put(subject, record, canceling);
    assertSame(await readOne(subject, record.id), canceling);
  });

  it("sections and texts that grow, shrink and go", async ({ subject }) => {
    const record = makeRecord();
    let last = await addRunning(subject, record, { workerId: "w", sessionId: "s".repeat(200) });
    const now = Date.now();
    const patches = [
      { progress: everyByte(1), checkpoint: everyByte(64 * 1024) },
      { progress: undefined, checkpoint: new Uint8Array(0), cancelReason: "for a reason" },
      { workerId: "w".repeat(300), sessionId: "", cancelReason: "", failure: makeFailure("A") },
      { workerId: "", checkpoint: undefined, failure: undefined, result: new Uint8Array(0) },
    ];
    for (const patch of patches) {
      last = await put(subject, last, {
        ...last,
        ...patch,
        revision: last.revision + 1,
        updatedAt: now,
      });
      assertSame(await readOne(subject, record.id), last);
    }
  });

  it("specs, results and failures of a mebibyte", async ({ subject }) => {
    const record = makeRecord({ spec: makeSpec("mail.send", MIB) });
    const running = await addRunning(subject, record);
    const end = { now: Date.now(), reported: true, result: everyByte(MIB) };
    const ended = await put(subject, running, succeed(running, end));
    assertSame(await readOne(subject, record.id), ended);
    const budget = { now: Date.now(), pendingTimeoutMs: 0, totalTimeoutMs: 0 };
    const again = await put(subject, ended, retryByHand(ended, budget));
    const read = await readOne(subject, record.id);
    assertSame(read, again);
    assert.equal(read?.result, undefined);
  });

  it("ten ended attempts with failures", async ({ subject }) => {
    const record = makeRecord();
    await add(subject, record);
    let last = record;
    for (let attempt = 1; attempt <= 12; attempt++) {
      last = await put(subject, last, startNow(last));
      const end = { now: Date.now(), state: AttemptState.FAILED, reported: attempt % 2 === 0 };
      const failure = makeFailure(`E${attempt}`);
      last = await put(subject, last, retryLater(last, { ...end, failure }, Date.now()));
    }
    assertSame(await readOne(subject, record.id), last);
  });

  it("ids of any form: uuids, upper case, the longest, all punctuation", async ({ subject }) => {
    const printable = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index));
    const ids = [
      "0192F8A0-1111-7ABC-8DEF-0123456789AB",
      "0192f8a0-1111-7abc-8def-0123456789ab",
      "0192f8a011117abc8def0123456789ab",
      "1",
      "x".repeat(128),
      printable.filter((character) => !"{}".includes(character)).join(""),
    ];
    const records = ids.map((id) => makeRecord({ id }));
    await add(subject, ...records);
    assertSame(await subject.read({ ids }), records);
  });

  it("names and queues with every character they may have", async ({ subject }) => {
    const printable = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index));
    const word = printable.filter((character) => !"{}".includes(character)).join("");
    const records = [makeRecord({ name: word }), makeRecord({ queue: word })];
    await add(subject, ...records);
    assertSame(await subject.read({ ids: records.map(({ id }) => id) }), records);
    const [stats] = await subject.queueStats({ queues: [word] });
    assert.deepEqual(stats?.waitingNames, ["mail.send"]);
  });

  it("records that were handed out do not change with the task", async ({ subject }) => {
    const record = makeRecord();
    await add(subject, record);
    const before = await readOne(subject, record.id);
    await put(subject, record, startNow(record));
    assertSame(before, record);
  });
}
