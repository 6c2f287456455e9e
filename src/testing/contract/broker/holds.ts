/** Holds: settled or deferred only by who has them, and over after their time. */
import assert from "node:assert/strict";
import type { Broker } from "../../../broker/broker.ts";
import { nonce } from "../../../core/ids.ts";
import { eventually, type Declare } from "../setup.ts";
import { heldBy, idsOf, makeMessage, publish, take, takeIds, takeParams } from "./messages.ts";

/** A hold that ends while a test waits, in ms. */
const SHORT_MS = 150;

/** Takes until something comes, with a new hold each time; each take is made once. */
async function takeAgain(once: Broker, hold = nonce()): Promise<string[]> {
  return eventually("messages whose hold is over", async () => {
    const { messages } = await once.take(takeParams({ hold }));
    return messages.length > 0 ? idsOf(messages) : undefined;
  });
}

export function holdTests(it: Declare<Broker>): void {
  it("a message that is held is not taken", async ({ subject }) => {
    await publish(subject, makeMessage());
    assert.equal((await takeIds(subject)).length, 1);
    assert.deepEqual(await takeIds(subject), []);
  });

  it("takes that found nothing hide nothing that comes later", async ({ subject, once }) => {
    const offers = [{ queue: "default", names: ["mail.send", "mail.sort"] }];
    assert.deepEqual(await takeIds(subject, { offers }), []);
    const [now, later] = [makeMessage({ name: "mail.sort" }), makeMessage({ delayMs: SHORT_MS })];
    await publish(subject, now);
    const hold = nonce();
    assert.deepEqual(await takeIds(subject, { offers, hold }), [now.taskId]);
    assert.deepEqual(await takeIds(subject, { offers }), []);
    await subject.defer({ items: [{ ...heldBy(now, hold), delayMs: 0 }] });
    assert.deepEqual(await takeIds(subject, { offers }), [now.taskId]);
    assert.deepEqual(await takeIds(subject, { offers }), []);
    await publish(subject, later);
    assert.deepEqual(await takeAgain(once), [later.taskId]);
  });

  it("a settled message is gone", async ({ subject, once }) => {
    const [settled, left] = [makeMessage({ orderAt: 1 }), makeMessage({ orderAt: 2 })];
    const hold = nonce();
    await publish(subject, settled, left);
    await take(subject, { hold, holdMs: SHORT_MS });
    await subject.settle({ items: [heldBy(settled, hold)] });
    assert.deepEqual(await takeAgain(once), [left.taskId]);
  });

  it("settling takes the hold, the generation and the task to be right", async ({
    subject,
    once,
  }) => {
    const message = makeMessage({ generation: 4 });
    const hold = nonce();
    await publish(subject, message);
    await take(subject, { hold, holdMs: SHORT_MS });
    const held = heldBy(message, hold);
    await subject.settle({
      items: [
        { ...held, hold: nonce() },
        { ...held, generation: 3 },
        { ...held, generation: 5 },
        { ...held, taskId: "other" },
      ],
    });
    assert.deepEqual(await takeAgain(once), [message.taskId]);
  });

  it("a message whose hold is over is offered again, at its old place", async ({
    subject,
    once,
  }) => {
    const messages = [1, 2, 3].map((orderAt) => makeMessage({ orderAt }));
    await publish(subject, ...messages);
    assert.deepEqual(
      await takeIds(subject, { max: 2, holdMs: SHORT_MS }),
      idsOf(messages.slice(0, 2)),
    );
    assert.deepEqual(
      await takeIds(subject, { max: 1, holdMs: SHORT_MS }),
      idsOf(messages.slice(2)),
    );
    const taken: string[] = [];
    await eventually("all three", async () => {
      taken.push(...idsOf((await once.take(takeParams())).messages));
      return taken.length === 3 ? taken : undefined;
    });
    assert.deepEqual(taken.slice(0, 2), idsOf(messages.slice(0, 2)));
  });

  it("who took it first can't settle or defer what another holds now", async ({
    subject,
    once,
  }) => {
    const message = makeMessage();
    const [first, second] = [nonce(), nonce()];
    await publish(subject, message);
    await take(subject, { hold: first, holdMs: SHORT_MS });
    assert.deepEqual(await takeAgain(once, second), [message.taskId]);
    await subject.settle({ items: [heldBy(message, first)] });
    await subject.defer({ items: [{ ...heldBy(message, first), delayMs: 0 }] });
    assert.deepEqual(await takeIds(subject), []);
    await subject.defer({ items: [{ ...heldBy(message, second), delayMs: 0 }] });
    assert.deepEqual(await takeIds(subject), [message.taskId]);
  });

  it("a message that is given back is due at once, at its old place", async ({ subject }) => {
    const messages = [1, 2, 3].map((orderAt) => makeMessage({ orderAt }));
    const hold = nonce();
    await publish(subject, ...messages);
    await take(subject, { hold, max: 2 });
    await subject.defer({ items: [{ ...heldBy(messages[1]!, hold), delayMs: 0 }] });
    assert.deepEqual(await takeIds(subject), idsOf(messages.slice(1)));
  });

  it("a message that is deferred is due later, at its old place", async ({ subject, once }) => {
    const message = makeMessage({ orderAt: 1, priority: 3 });
    const hold = nonce();
    await publish(subject, message);
    await take(subject, { hold });
    await subject.defer({ items: [{ ...heldBy(message, hold), delayMs: SHORT_MS }] });
    const { messages, nextDueMs } = await take(subject);
    assert.deepEqual(messages, []);
    assert.ok(nextDueMs !== undefined && nextDueMs > 0 && nextDueMs <= SHORT_MS);
    assert.deepEqual(await takeAgain(once), [message.taskId]);
  });

  it("a message that is given back has no hold any more", async ({ subject }) => {
    const message = makeMessage();
    const hold = nonce();
    await publish(subject, message);
    await take(subject, { hold });
    await subject.defer({ items: [{ ...heldBy(message, hold), delayMs: 0 }] });
    await subject.settle({ items: [heldBy(message, hold)] });
    assert.deepEqual(await takeIds(subject), [message.taskId]);
  });

  it("a settled task may be published again", async ({ subject }) => {
    const message = makeMessage();
    const hold = nonce();
    await publish(subject, message);
    await take(subject, { hold });
    await subject.settle({ items: [heldBy(message, hold)] });
    const next = { ...message, generation: 2 };
    await publish(subject, next);
    assert.deepEqual(await takeIds(subject), [message.taskId]);
  });

  it("a repeat answers with what is under the hold, not with more", async ({ once }) => {
    await publish(once, ...Array.from({ length: 5 }, () => makeMessage()));
    const params = takeParams({ max: 2 });
    const first = await once.take(params);
    const second = await once.take(params);
    assert.deepEqual(idsOf(second.messages), idsOf(first.messages));
    assert.equal((await takeIds(once)).length, 3);
  });

  it("nor with what has come since, though there is room for it", async ({ once }) => {
    await publish(once, makeMessage());
    const params = takeParams({ max: 3 });
    const first = await once.take(params);
    await publish(once, makeMessage(), makeMessage());
    const second = await once.take(params);
    assert.deepEqual(idsOf(second.messages), idsOf(first.messages));
    assert.equal((await takeIds(once)).length, 2);
  });
}
