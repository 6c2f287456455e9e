/** Drives a site to its end, and checks what must hold of it then. */
import assert from "node:assert/strict";
import { AttemptState, TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { nonce } from "../../../src/core/ids.ts";
import { isTerminal } from "../../../src/core/record.ts";
import { stateName } from "../../../src/core/state-names.ts";
import { filterOf } from "../../../src/testing/contract/scenes.ts";
import { report } from "./acts.ts";
import { NAMES, QUEUES, type Site } from "./site.ts";

/** Longer than a lease, a hold, and a session. */
const ROUND_MS = 31_000;
const MAX_ROUNDS = 12;
/** The worker that takes what is left. */
const DRAINER = 2;

export async function endWell(site: Site): Promise<void> {
  site.faults.disarm();
  await site.mend();
  await drain(site);
  site.truth.checkLives();
  await checkRecords(site);
  checkOutcomes(site);
  await checkNothingLeft(site);
}

async function drain(site: Site): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    // The last fault may come about only now: publishes are not awaited.
    await site.mend();
    for (const name of QUEUES) await site.ask(0, ({ admin }) => admin.resumeQueue({ name }));
    while (await takeSome(site));
    if (unended(site).length === 0 && round > 1) return;
    await site.advance(ROUND_MS);
  }
  assert.deepEqual(unended(site), [], "tasks came to no end");
}

/** Whether there was something to take. */
async function takeSome(site: Site): Promise<boolean> {
  const before = site.leases.length;
  const answer = await site.poll(0, DRAINER, 10, 0);
  const taken = site.leases.slice(before);
  await Promise.all(taken.map((lease) => report(site, 0, lease, "success")));
  return taken.length > 0 || (answer?.leaseStatuses.length ?? 0) > 0;
}

function unended(site: Site): string[] {
  return site.truth.ids.flatMap((id) => {
    const record = site.truth.latest(id);
    if (record === undefined || isTerminal(record.state)) return [];
    return [`${id} is ${stateName(record.state)}`];
  });
}

/** What is read is what was written last, for everything acknowledged, and all has ended. */
async function checkRecords(site: Site): Promise<void> {
  const { storage } = site.server(0).pipeline;
  const ids = [...new Set([...site.truth.ids, ...site.acknowledged])];
  const records = await storage.read({ ids });
  for (const [at, id] of ids.entries()) {
    const [record, latest] = [records[at], site.truth.latest(id)];
    const seen = (of: typeof record): unknown =>
      of && { revision: of.revision, state: of.state, nonce: of.nonce, ended: of.ended.length };
    assert.deepEqual(seen(record), seen(latest), `${id}: not as it was written last`);
    const isKnown = site.truth.everyRevision(id).length > 0;
    assert.ok(isKnown, `${id} was acknowledged and never written`);
    assert.ok(record === undefined || isTerminal(record.state), `${id} has not ended`);
  }
  const live = records.filter((record) => record !== undefined);
  const { count } = await storage.count({ filter: filterOf({}), maxExamined: 0 });
  assert.equal(count, live.length, "the counters are wrong");
}

/** Each report that was answered as recorded is in the task's history, and no attempt has two outcomes. */
function checkOutcomes(site: Site): void {
  for (const { lease, kind } of site.recorded) {
    const { taskId, attempt } = lease;
    const nonceOf = Buffer.from(lease.leaseToken).toString("hex", 0, 16);
    const what = `${kind} of attempt ${attempt} of ${taskId}`;
    const ended = site.truth
      .everyRevision(taskId)
      .flatMap((record) =>
        record.ended.filter((end) => end.nonce === nonceOf && end.number === attempt),
      );
    assert.ok(ended.length > 0, `${what} was answered as recorded and is nowhere`);
    for (const end of ended) {
      assert.ok(end.reported, `${what} was recorded, and the server ended the attempt`);
      assert.ok(
        states(kind).includes(end.state),
        `${what} was recorded, and the attempt is ${end.state}`,
      );
    }
    if (kind !== "success") continue;
    const success = site.truth
      .everyRevision(taskId)
      .find((record) => record.ended.at(-1)?.nonce === nonceOf);
    assert.equal(success?.state, TaskState.SUCCEEDED, `${what} did not end the task`);
    const text = Buffer.from(success.result ?? []).toString("utf8");
    assert.ok(text.includes(`${taskId} by attempt ${attempt}`), `${what}: its result is another`);
  }
}

/** As {@link Outcomes} takes a repeated report for the same: a release of what was being canceled ends it so. */
function states(kind: string): readonly AttemptState[] {
  if (kind === "success") return [AttemptState.SUCCEEDED];
  if (kind === "failure") return [AttemptState.FAILED, AttemptState.TIMED_OUT];
  if (kind === "canceled") return [AttemptState.CANCELED];
  return [AttemptState.RELEASED, AttemptState.CANCELED];
}

async function checkNothingLeft(site: Site): Promise<void> {
  const intents = await site.server(0).pipeline.storage.intents({ minAgeMs: 0, limit: 10 });
  assert.deepEqual(intents, [], "intents are left");
  const offers = QUEUES.map((queue) => ({ queue, names: [...NAMES] }));
  const left = await site.server(0).take({ offers, max: 100, hold: nonce(), holdMs: 1 });
  assert.deepEqual(left, [], "messages are left");
}
