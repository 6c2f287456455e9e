/** Who comes first, and only what is offered and due. */
import assert from "node:assert/strict";
import type { Broker, Message } from "../../../broker/broker.ts";
import { assertSame, eventually, type Declare } from "../setup.ts";
import { idsOf, makeMessage, publish, take, takeIds, takeParams } from "./messages.ts";

/** In the order of the take. */
function byPlace(messages: readonly Message[]): string[] {
  const sorted = messages.toSorted(
    (a, b) => b.priority - a.priority || a.orderAt - b.orderAt || (a.taskId < b.taskId ? -1 : 1),
  );
  return idsOf(sorted);
}

export function takeTests(it: Declare<Broker>): void {
  it("by priority, then age, then id", async ({ subject }) => {
    const messages = [1000, 1, 0, -1, -1000].flatMap((priority) =>
      [1_700_000_000_000, 1_700_000_000_001, 1_600_000_000_000].flatMap((orderAt) =>
        ["b", "a", "B", "0192f8a0-1111-7abc-8def-0123456789ab"].map((id) =>
          makeMessage({ taskId: `${id}/${priority}/${orderAt}`, priority, orderAt }),
        ),
      ),
    );
    await publish(subject, ...messages.toSorted((a, b) => (a.taskId < b.taskId ? -1 : 1)));
    const taken: string[] = [];
    // No more often than needed, so that a broker which gives nothing fails and does not hang.
    for (let takes = 0; takes <= messages.length / 7; takes++)
      taken.push(...(await takeIds(subject, { max: 7 })));
    assert.deepEqual(taken, byPlace(messages));
  });

  it("names of one queue are merged, those that are not listed left", async ({ subject }) => {
    const messages = Array.from({ length: 30 }, (_, index) =>
      makeMessage({ name: `n${index % 5}`, orderAt: (index * 7) % 30, priority: index % 2 }),
    );
    await publish(subject, ...messages);
    const names = ["n3", "n0", "unknown", "n4"];
    const listed = messages.filter(({ name }) => names.includes(name));
    assert.deepEqual(
      await takeIds(subject, { offers: [{ queue: "default", names }] }),
      byPlace(listed),
    );
    const rest = messages.filter((message) => !listed.includes(message));
    const others = [{ queue: "default", names: ["n1", "n2"] }];
    assert.deepEqual(await takeIds(subject, { offers: others }), byPlace(rest));
  });

  it("all of the first queue before the second", async ({ subject }) => {
    const first = [makeMessage({ queue: "b", priority: -10 }), makeMessage({ queue: "b" })];
    const second = [makeMessage({ queue: "a", priority: 10 }), makeMessage({ queue: "a" })];
    await publish(subject, ...first, ...second, makeMessage({ queue: "c" }));
    const offers = ["b", "none", "a"].map((queue) => ({ queue, names: ["mail.send"] }));
    assert.deepEqual(await takeIds(subject, { offers, max: 3 }), [
      ...byPlace(first),
      ...byPlace(second).slice(0, 1),
    ]);
  });

  it("no more than max, and whether more is due", async ({ subject }) => {
    await publish(
      subject,
      ...Array.from({ length: 5 }, () => makeMessage()),
      makeMessage({ name: "other" }),
      makeMessage({ delayMs: 60_000 }),
    );
    const first = await take(subject, { max: 3 });
    assert.deepEqual([first.messages.length, first.more], [3, true]);
    const second = await take(subject, { max: 2 });
    assert.deepEqual([second.messages.length, second.more], [2, false]);
  });

  it("nothing offered, nothing taken", async ({ subject }) => {
    await publish(subject, makeMessage());
    for (const offers of [
      [],
      [{ queue: "default", names: [] }],
      [{ queue: "x", names: ["mail.send"] }],
    ])
      assertSame(await take(subject, { offers }), { messages: [], more: false });
  });

  it("a delayed message is not taken, but its time is told", async ({ subject }) => {
    await publish(
      subject,
      makeMessage({ delayMs: 60_000 }),
      makeMessage({ delayMs: 30_000 }),
      makeMessage({ name: "other", delayMs: 5_000 }),
    );
    const { messages, more, nextDueMs } = await take(subject);
    assert.deepEqual([messages, more], [[], false]);
    assert.ok(nextDueMs !== undefined && nextDueMs > 20_000 && nextDueMs <= 30_000);
  });

  it("what is taken is not told as what comes next", async ({ once }) => {
    await publish(once, makeMessage(), makeMessage({ queue: "second" }));
    const offers = ["default", "second"].map((queue) => ({ queue, names: ["mail.send"] }));
    assert.equal((await once.take(takeParams({ offers }))).nextDueMs, undefined);
    const third = { queue: "third", name: "mail.send" };
    await publish(once, makeMessage(third), makeMessage({ ...third, delayMs: 60_000 }));
    const thirds = [{ queue: "third", names: ["mail.send"] }];
    const { nextDueMs } = await once.take(takeParams({ offers: thirds, holdMs: 30_000 }));
    assert.ok(nextDueMs !== undefined && nextDueMs > 30_000 && nextDueMs <= 60_000);
  });

  it("a delayed message becomes due, at the place of its age", async ({ subject, once }) => {
    const delayed = makeMessage({ delayMs: 150, orderAt: 1 });
    const young = makeMessage({ orderAt: 3 });
    await publish(subject, delayed, young);
    assert.deepEqual(await takeIds(subject), [young.taskId]);
    const middle = makeMessage({ delayMs: 150, orderAt: 2 });
    await publish(subject, middle);
    const taken: string[] = [];
    await eventually("both messages", async () => {
      taken.push(...idsOf((await once.take(takeParams())).messages));
      return taken.length === 2 ? taken : undefined;
    });
    assert.deepEqual(taken.toSorted(), idsOf([delayed, middle]).toSorted());
  });

  it("no message is taken twice, however many take at once", async ({ once }) => {
    const messages = Array.from({ length: 200 }, () => makeMessage());
    await publish(once, ...messages);
    const drain = async (): Promise<string[]> => {
      const taken: string[] = [];
      for (;;) {
        const ids = await takeIds(once, { max: 7 });
        if (ids.length === 0) return taken;
        taken.push(...ids);
        assert.ok(taken.length <= messages.length, "more was taken than there is");
      }
    };
    const taken = (await Promise.all(Array.from({ length: 8 }, drain))).flat();
    assert.deepEqual(taken.toSorted(), idsOf(messages).toSorted());
  });
}
