/** Events: outputs are kept, logs trimmed, pages bounded. */
import assert from "node:assert/strict";
import type { TaskRecord } from "../../../core/record.ts";
import type { EventsPage, Storage, StoredEvent } from "../../../storage/storage.ts";
import { everyByte, makeRecord, noted } from "../records.ts";
import { add, addRunning, finish, log, output, put } from "../scenes.ts";
import { assertSame, type Declare } from "../setup.ts";

/** Writes events that follow those so far. */
async function append(
  storage: Storage,
  record: TaskRecord,
  events: readonly StoredEvent[],
): Promise<TaskRecord> {
  const eventSequence = events.at(-1)!.sequence;
  return put(storage, record, noted(record, eventSequence), { events });
}

function page(
  storage: Storage,
  id: string,
  rest: Partial<Parameters<Storage["events"]>[0]> = {},
): Promise<EventsPage> {
  return storage.events({ id, afterSequence: 0, limit: 10_000, maxBytes: 1e9, ...rest });
}

export function eventTests(it: Declare<Storage>): void {
  it("events come by sequence, whatever their kind", async ({ subject }) => {
    const running = await addRunning(subject, makeRecord());
    const events = [log(1), output(2), output(3), log(4), log(7), output(9)];
    const more = await append(subject, running, events.slice(0, 4));
    await append(subject, more, events.slice(4));
    assertSame(await page(subject, running.id), { events, more: false });
    const later = await page(subject, running.id, { afterSequence: 3 });
    assertSame(later, { events: events.slice(3), more: false });
    const none = await page(subject, running.id, { afterSequence: 9 });
    assertSame(none, { events: [], more: false });
  });

  it("a page holds no more than its limit", async ({ subject }) => {
    const running = await addRunning(subject, makeRecord());
    const events = [output(1), log(2), output(3)];
    await append(subject, running, events);
    assertSame(await page(subject, running.id, { limit: 2 }), {
      events: events.slice(0, 2),
      more: true,
    });
    assertSame(await page(subject, running.id, { limit: 3 }), { events, more: false });
  });

  it("a page ends before its bytes are exceeded, but holds one event", async ({ subject }) => {
    const running = await addRunning(subject, makeRecord());
    const events = [1, 2, 3, 4].map((sequence) => output(sequence, everyByte(1_000)));
    await append(subject, running, events);
    for (const [maxBytes, count] of [
      [1, 1],
      [1_999, 1],
      [2_000, 2],
      [3_500, 3],
    ] as const) {
      const expected = { events: events.slice(0, count), more: true };
      assertSame(await page(subject, running.id, { maxBytes }), expected);
    }
  });

  it("bodies are any bytes, also none", async ({ subject }) => {
    const running = await addRunning(subject, makeRecord());
    const events = [
      output(1, new Uint8Array(0)),
      log(2, everyByte(300)),
      output(3, everyByte(65_536)),
    ];
    await append(subject, running, events);
    assertSame((await page(subject, running.id)).events, events);
  });

  it("the newest thousand logs are kept, and all outputs", async ({ subject }) => {
    let last = await addRunning(subject, makeRecord());
    const events = Array.from({ length: 1_210 }, (_, index) =>
      index % 121 === 0 ? output(index + 1) : log(index + 1),
    );
    for (let from = 0; from < events.length; from += 500)
      last = await append(subject, last, events.slice(from, from + 500));
    const logs = events.filter(({ kind }) => kind === "log").slice(-1_000);
    const expected = events.filter((event) => event.kind === "output" || logs.includes(event));
    assertSame(await page(subject, last.id), { events: expected, more: false });
  });

  it("a write that is refused appends nothing", async ({ subject }) => {
    const running = await addRunning(subject, makeRecord());
    const newer = await append(subject, running, [output(1)]);
    const late = { ...noted(running, 1), attemptOutputs: 5 };
    const changes = [
      { revision: running.revision, after: late, events: [output(1, everyByte(3))] },
    ];
    const [verdict] = await subject.write({ changes });
    assert.equal(verdict!.kind, "conflict");
    assertSame((await page(subject, newer.id)).events, [output(1)]);
  });

  it("events outlive the end of the task and go with it", async ({ subject }) => {
    const running = await addRunning(subject, makeRecord());
    const ended = await finish(subject, await append(subject, running, [output(1), log(2)]));
    assert.equal((await page(subject, ended.id)).events.length, 2);
    await subject.remove({ items: [{ id: ended.id, revision: ended.revision }] });
    assertSame(await page(subject, ended.id), { events: [], more: false });
    await add(subject, makeRecord({ id: ended.id }));
    assertSame(await page(subject, ended.id), { events: [], more: false });
  });

  it("a task without events, or that is unknown, has none", async ({ subject }) => {
    const record = makeRecord();
    await add(subject, record);
    assertSame(await page(subject, record.id), { events: [], more: false });
    assertSame(await page(subject, "unknown"), { events: [], more: false });
  });
}
