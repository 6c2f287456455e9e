/** Any correct history is accepted, and one wrong thing in it is found. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { check } from "./checker.ts";
import { collect } from "./script.ts";
import { RULES } from "./rules.ts";
import { CORRUPTIONS } from "./simulation/corruptions.ts";
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
