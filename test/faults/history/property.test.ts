/** Any correct history is accepted, and one wrong thing in it is found. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Random } from "../random.ts";
import { check } from "./checker.ts";
import type { HistoryEvent } from "./event.ts";
import { collect } from "./script.ts";
import { RULES } from "./rules.ts";
import { CORRUPTIONS } from "./simulation/corruptions.ts";
import type { Files } from "./simulation/edits.ts";
import { simulate, type SimulationOptions } from "./simulation/simulate.ts";

const RUNS = Number(process.env["QTASKS_HISTORY_RUNS"] ?? 150);

const options: fc.Arbitrary<SimulationOptions> = fc.record({
  seed: fc.nat(),
  clients: fc.integer({ min: 1, max: 4 }),
  workers: fc.integer({ min: 1, max: 5 }),
  actions: fc.integer({ min: 1, max: 120 }),
  lossRate: fc.constantFrom(0, 0.05, 0.2, 0.5),
  zombieRate: fc.constantFrom(0, 0.1, 0.4),
  outages: fc.integer({ min: 0, max: 4 }),
});

test("a correct history is never refused", () => {
  fc.assert(
    fc.property(options, (chosen) => {
      assert.deepEqual(simulate(chosen).violations(), []);
    }),
    { numRuns: RUNS },
  );
});

test("a correct history stays so when answers are forgotten, as by a kill", () => {
  fc.assert(
    fc.property(options, fc.constantFrom(0.05, 0.3, 0.9), (chosen, share) => {
      const files = forgetful(simulate(chosen).files(), new Random(chosen.seed), share);
      assert.deepEqual(check(collect(files)).violations, []);
    }),
    { numRuns: RUNS },
  );
});

test("a correct history stays so when the clocks of its processes lie apart", () => {
  fc.assert(
    fc.property(options, (chosen) => {
      const random = new Random(chosen.seed);
      const files = simulate(chosen).files();
      for (const [name, events] of files) {
        const aheadMs = random.whole(-5, 5);
        files.set(
          name,
          events.map((event) => ({ ...event, at: event.at + aheadMs })),
        );
      }
      assert.deepEqual(check(collect(files)).violations, []);
    }),
    { numRuns: RUNS },
  );
});

/** A process that lives on hears of its awaits; what the harness read out is kept. */
function forgetful(files: Files, random: Random, share: number): Files {
  for (const [name, events] of files) {
    if (name === "harness") continue;
    const kept = new Set<number>();
    for (const event of events)
      if (event.type === "call" && (event.request.op === "await" || !random.chance(share)))
        kept.add(event.call);
    const isKept = (event: HistoryEvent): boolean =>
      (event.type !== "answer" && event.type !== "error") || kept.has(event.call);
    files.set(name, events.filter(isKept));
  }
  return files;
}

for (const { rule, what, corrupt } of CORRUPTIONS)
  test(`${rule}: ${what}`, () => {
    let found = 0;
    fc.assert(
      fc.property(options, (chosen) => {
        const script = simulate(chosen);
        const files = script.files();
        if (!corrupt(files, script.run())) return;
        found++;
        const refusedBy = check(collect(files)).violations.map((violation) => violation.rule);
        assert.ok(refusedBy.includes(rule), `found only by ${refusedBy.join(", ") || "none"}`);
      }),
      { numRuns: Math.ceil(RUNS / 5) },
    );
    assert.ok(found > RUNS / 50, `only ${found} histories had a place for it`);
  });

test("every rule is put to the test", () => {
  const tested = new Set(CORRUPTIONS.map(({ rule }) => rule));
  assert.deepEqual(
    RULES.map(({ name }) => name).filter((name) => !tested.has(name)),
    [],
  );
});
