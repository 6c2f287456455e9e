/** Start and stop, the epoch, and the storage that a broker belongs to. */
import assert from "node:assert/strict";
import type { Broker } from "../../../broker/broker.ts";
import { nonce } from "../../../core/ids.ts";
import type { Declare } from "../setup.ts";
import { makeMessage, publish, take } from "./messages.ts";

export function tieTests(it: Declare<Broker>): void {
  it("start and stop are idempotent", async ({ subject }) => {
    await subject.start();
    await subject.ping();
    await subject.stop();
    await subject.stop();
  });

  it("the broker has an id that stays", async ({ subject }) => {
    const { brokerId } = subject;
    assert.match(brokerId, /^[!-~]{8,}$/);
    await subject.start();
    assert.equal(subject.brokerId, brokerId);
  });

  it("the epoch stays while no message is lost", async ({ subject }) => {
    const epoch = await subject.epoch();
    assert.ok(epoch.length > 0);
    await publish(subject, makeMessage());
    await take(subject);
    assert.equal(await subject.epoch(), epoch);
  });

  it("the first storage that binds the broker has it", async ({ subject }) => {
    const [first, second] = [nonce(), nonce()];
    assert.deepEqual(await subject.bind({ keyspaceId: first }), { keyspaceId: first });
    assert.deepEqual(await subject.bind({ keyspaceId: second }), { keyspaceId: first });
    assert.deepEqual(await subject.bind({ keyspaceId: first }), { keyspaceId: first });
  });

  it("the tie outlives a restart", async ({ subject, reopen }) => {
    if (reopen === undefined) return;
    const keyspaceId = nonce();
    await subject.bind({ keyspaceId });
    const { brokerId } = subject;
    await subject.stop();
    const again = await reopen();
    assert.equal(again.brokerId, brokerId);
    assert.deepEqual(await again.bind({ keyspaceId: nonce() }), { keyspaceId });
  });
}
