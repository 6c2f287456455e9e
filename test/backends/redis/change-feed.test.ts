import assert from "node:assert/strict";
import { test } from "node:test";
import { ChangeFeed } from "../../../src/backends/redis/change-feed.ts";
import { makeRecord, startNow } from "../../../src/testing/contract/records.ts";
import { add, endUnstarted, Notices, put } from "../../../src/testing/contract/scenes.ts";
import { eventually } from "../../../src/testing/contract/setup.ts";
import { freshStorage } from "./fresh.ts";

function message(sequence: number): string {
  return `${sequence}\n1\n2\n1\n1\ntask-${sequence}`;
}

/** A feed over kept messages, and what its listener saw: ids, or "gap". */
function makeFeed(kept: readonly number[]) {
  const seen: string[] = [];
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
  const feed = new ChangeFeed(async (after) => {
    onAsked();
    return kept.filter((sequence) => sequence > after).map(message);
  }, undefined);
  feed.subscribe((notice) => {
    if (notice.kind === "changes") seen.push(...notice.changes.map(({ id }) => id));
    else seen.push(notice.kind);
  });
  return { feed, seen, asked };
}

test("a jump is read up, in order, with what comes meanwhile", async () => {
  const { feed, seen, asked } = makeFeed([1, 2, 3, 4, 5]);
  for (const sequence of [1, 4, 5, 6]) feed.receive(message(sequence));
  await asked;
  await eventually("the rest", () => (seen.length >= 6 ? true : undefined));
  assert.deepEqual(
    seen,
    [1, 2, 3, 4, 5, 6].map((sequence) => `task-${sequence}`),
  );
});

test("what is kept no longer is a gap", async () => {
  const { feed, seen } = makeFeed([8, 9]);
  for (const sequence of [1, 9, 10]) feed.receive(message(sequence));
  await eventually("the rest", () => (seen.includes("task-10") ? true : undefined));
  assert.deepEqual(seen, ["task-1", "gap", "task-8", "task-9", "task-10"]);
});

test("numbers that start again are a gap", () => {
  const { feed, seen } = makeFeed([]);
  for (const sequence of [7, 1, 2]) feed.receive(message(sequence));
  assert.deepEqual(seen, ["task-7", "gap", "task-1", "task-2"]);
});

test("a listener that throws does not keep the news from the others", () => {
  const { feed, seen } = makeFeed([]);
  feed.subscribe(() => {
    throw new Error("broken listener");
  });
  const late: string[] = [];
  feed.subscribe((notice) => late.push(notice.kind));
  feed.receive(message(1));
  assert.deepEqual([seen, late], [["task-1"], ["changes"]]);
});

test("two storages on one keyspace see each other's notices, others do not", async () => {
  const fresh = await freshStorage();
  const stranger = await freshStorage();
  const other = await fresh.reopen!();
  const notices = new Notices(other);
  const strange = new Notices(stranger.subject);
  const record = makeRecord();
  await add(fresh.subject, record);
  await notices.ofRevision(record);
  assert.deepEqual(notices.work, [
    { queue: record.queue, name: record.name, count: 1, dueAt: record.dueAt },
  ]);
  const started = await put(other, record, startNow(record));
  await notices.ofRevision(started);
  await fresh.subject.documents.put({
    items: [{ kind: "pause", key: "q", value: Buffer.from("x") }],
  });
  await notices.ofDocument("pause", "q");
  const own = makeRecord();
  await add(stranger.subject, own);
  await strange.ofRevision(own);
  await endUnstarted(stranger.subject, own);
  assert.deepEqual(new Set(strange.changes.map(({ id }) => id)), new Set([own.id]));
  await fresh.close();
  await stranger.close();
});
