/** One message per task, of the highest generation; and the notices of it. */
import assert from "node:assert/strict";
import type { Broker, BrokerNotice } from "../../../broker/broker.ts";
import { nonce } from "../../../core/ids.ts";
import { assertSame, eventually, type Declare } from "../setup.ts";
import { heldBy, makeMessage, publish, take, takeIds, withoutDelay } from "./messages.ts";

export function publishTests(it: Declare<Broker>): void {
  it("a message is taken as it was published", async ({ subject }) => {
    const message = makeMessage({
      taskId: "any/id~1!",
      generation: 7,
      queue: `q${"-".repeat(99)}`,
      name: "n".repeat(255),
      priority: -1000,
      orderAt: 1_700_000_000_123,
    });
    await publish(subject, message);
    const offers = [{ queue: message.queue, names: [message.name] }];
    const { messages } = await take(subject, { offers });
    assertSame(withoutDelay(messages), withoutDelay([message]));
  });

  it("empty batches are taken", async ({ subject }) => {
    await publish(subject);
    await subject.settle({ items: [] });
    await subject.defer({ items: [] });
    assert.deepEqual(await takeIds(subject), []);
  });

  it("a message of a generation that is known changes nothing", async ({ subject }) => {
    const message = makeMessage({ generation: 3 });
    await publish(subject, message);
    await publish(
      subject,
      { ...message, priority: 5 },
      { ...message, generation: 2, queue: "other" },
    );
    const { messages } = await take(subject);
    assertSame(withoutDelay(messages), withoutDelay([message]));
    const offers = [{ queue: "other", names: ["mail.send"] }];
    assert.deepEqual(await takeIds(subject, { offers }), []);
  });

  it("a known generation does not come back while it is held", async ({ subject }) => {
    const message = makeMessage();
    await publish(subject, message);
    assert.equal((await takeIds(subject)).length, 1);
    await publish(subject, message);
    assert.deepEqual(await takeIds(subject), []);
  });

  it("a higher generation replaces the message, its place and its queue", async ({ subject }) => {
    const message = makeMessage();
    await publish(subject, message);
    const next = makeMessage({ ...message, generation: 2, queue: "other", name: "x", priority: 4 });
    await publish(subject, next);
    assert.deepEqual(await takeIds(subject), []);
    const { messages } = await take(subject, { offers: [{ queue: "other", names: ["x"] }] });
    assertSame(withoutDelay(messages), withoutDelay([next]));
  });

  it("a higher generation replaces the hold", async ({ subject }) => {
    const message = makeMessage();
    const hold = nonce();
    await publish(subject, message);
    await take(subject, { hold });
    const next = { ...message, generation: 2 };
    await publish(subject, next);
    await subject.settle({ items: [heldBy(message, hold), heldBy(next, hold)] });
    await subject.defer({ items: [{ ...heldBy(next, hold), delayMs: 60_000 }] });
    const { messages } = await take(subject);
    assertSame(withoutDelay(messages), withoutDelay([next]));
  });

  it("a thousand messages at once", async ({ subject }) => {
    const messages = Array.from({ length: 1_000 }, (_, index) => makeMessage({ orderAt: index }));
    await publish(subject, ...messages);
    assert.deepEqual(
      await takeIds(subject, { max: 1_000 }),
      messages.map(({ taskId }) => taskId),
    );
  });

  it("work is told by queue and name, with the shortest delay", async ({ subject }) => {
    const notices: BrokerNotice[] = [];
    const end = subject.subscribe((notice) => notices.push(notice));
    await publish(
      subject,
      makeMessage({ queue: "a", name: "x", delayMs: 60_000 }),
      makeMessage({ queue: "a", name: "x" }),
      makeMessage({ queue: "a", name: "y" }),
      makeMessage({ queue: "b", name: "x", delayMs: 30_000 }),
    );
    const about = (queue: string, name: string) => {
      const work = notices
        .flatMap((notice) => (notice.kind === "work" ? notice.work : []))
        .filter((item) => item.queue === queue && item.name === name);
      const count = work.reduce((sum, item) => sum + item.count, 0);
      return { count, delayMs: Math.min(...work.map((item) => item.delayMs)) };
    };
    await eventually("work of b x", () => (about("b", "x").count > 0 ? true : undefined));
    end();
    assert.deepEqual(about("a", "x"), { count: 2, delayMs: 0 });
    assert.deepEqual(about("a", "y"), { count: 1, delayMs: 0 });
    const { count, delayMs } = about("b", "x");
    assert.ok(count === 1 && delayMs > 29_000 && delayMs <= 30_000);
    await publish(subject, makeMessage({ queue: "late" }));
    assert.deepEqual(about("late", "mail.send").count, 0);
  });

  it("a listener that throws harms neither the broker nor the others", async ({ subject }) => {
    const end = subject.subscribe(() => {
      throw new Error("a listener of the test fails on purpose");
    });
    const notices: BrokerNotice[] = [];
    subject.subscribe((notice) => notices.push(notice));
    await publish(subject, makeMessage());
    await eventually("the notice", () => notices[0]);
    end();
    assert.equal((await takeIds(subject)).length, 1);
  });

  it("several servers hear of each other's messages and take them", async ({ subject, reopen }) => {
    if (!subject.capabilities.distributed || reopen === undefined) return;
    const other = await reopen();
    const notices: BrokerNotice[] = [];
    other.subscribe((notice) => notices.push(notice));
    const message = makeMessage();
    await publish(subject, message);
    await eventually("the notice", () => notices[0]);
    assert.deepEqual(await takeIds(other), [message.taskId]);
    assert.deepEqual(await takeIds(subject), []);
  });
}
