/** The commands of the pipeline's model. */
import assert from "node:assert/strict";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { Command, type CommandArbitrary, commandOf } from "../model-test.ts";
import { act, type Act } from "./acts.ts";
import type { Site } from "./site.ts";

type Make = CommandArbitrary<Site, Site>;

/** Longer than a poll that waits needs for work that is there, in ms. */
const WAKE_MS = 3_000;
const POLL_MS = 5;

/** What must hold whenever nothing is under way. */
async function settled(site: Site): Promise<void> {
  await site.mend();
  site.truth.checkKeys();
}

const single: Make = act.map(
  ({ text, run }) =>
    new Command(text, async (site) => {
      await run(site);
      await settled(site);
    }),
);

const acts = fc.array(act, { minLength: 2, maxLength: 4 });
const listed = (several: readonly Act[]): string => several.map(({ text }) => text).join(" | ");

const atOnce: Make = acts.map(
  (several) =>
    new Command(`at once: ${listed(several)}`, async (site) => {
      await Promise.all(several.map(({ run }) => run(site)));
      await settled(site);
    }),
);

/** Polls that are parked hear of all work that comes. */
const parked: Make = fc
  .tuple(
    fc.array(fc.record({ via: fc.nat(1), max: fc.integer({ min: 1, max: 3 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
    acts,
  )
  .map(
    ([polls, several]) =>
      new Command(`parked ${fc.stringify(polls)}: ${listed(several)}`, async (site) => {
        const bell = new AbortController();
        let open = polls.length;
        const parkedPolls = polls.map(({ via, max }) =>
          site.poll(via, 2, max, 2 * WAKE_MS, bell.signal).finally(() => open--),
        );
        await turn();
        const fired = site.faults.fired;
        await Promise.all(several.map(({ run }) => run(site)));
        // What a fault holds up comes later: by an intent, a hold, a lease.
        const isWell = (): boolean =>
          site.isJoint ? site.faults.fired === fired : site.faults.fired === 0 && !site.hasDeleted;
        await untilTaken(site, () => open > 0 && isWell());
        bell.abort();
        await Promise.all(parkedPolls);
        await settled(site);
      }),
  );

/** Waits while there are tasks that a poll should have been given. */
async function untilTaken(site: Site, isPolling: () => boolean): Promise<void> {
  const until = performance.now() + WAKE_MS;
  for (;;) {
    await turn();
    if (!isPolling()) return;
    const left = await site.offered();
    if (left.length === 0) return;
    assert.ok(performance.now() < until, `${left.join(", ")}: a poll waits and is not given it`);
    await sleep(POLL_MS);
  }
}

const advance = commandOf<number, Site, Site>(
  "advance",
  fc.constantFrom(1_000, 5_000, 16_000, 31_000),
  async (ms, site) => {
    await site.advance(ms);
    await settled(site);
  },
);

const fault: Make = commandOf(
  "fault",
  fc.record({
    at: fc.integer({ min: 1, max: 6 }),
    when: fc.constantFrom("before", "after"),
    kind: fc.constantFrom("die", "die", "lose"),
  }),
  async (planned, site) => site.faults.arm(planned),
);

const restart: Make = commandOf("restart", fc.nat(1), async (via, site) => {
  await site.restart(via);
  await settled(site);
});

const times = (count: number, make: Make): Make[] => Array.from({ length: count }, () => make);

export const pipelineCommands: readonly Make[] = [
  ...times(9, single),
  ...times(2, atOnce),
  ...times(2, parked),
  ...times(2, fault),
  advance,
  restart,
];
