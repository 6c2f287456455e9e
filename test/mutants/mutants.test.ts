/**
 * The tests of the tests: with each deliberate bug of the catalogue in the service, the tests that are named beside it
 * fail, and not because of anything but their assertions. The same tests pass without it.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test, type TestContext } from "node:test";
import { startRedis, type RedisServer } from "../support/redis.ts";
import { MUTANTS } from "./catalogue.ts";
import type { Hunt, Mutant } from "./mutant.ts";
import { mutate } from "./mutation.ts";
import type { Verdict } from "./reporter.ts";
import { runSuite, type SuiteRun } from "./suite-run.ts";

/** Processes at once: half of their time they wait for what does not come. */
const CONCURRENCY = 4;

test("every mutant fits the service as it is", async () => {
  for (const { file, edits } of MUTANTS) {
    const source = await readFile(join(import.meta.dirname, "../..", file), "utf8");
    assert.notEqual(mutate(source, edits), source, file);
  }
  const names = MUTANTS.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)]);
});

describe("mutants", { concurrency: CONCURRENCY }, () => {
  const sound = new Map(
    testFiles().map((file) => [file, Promise.withResolvers<readonly Verdict[]>()]),
  );
  const found: string[][] = [];
  let redis: RedisServer;
  before(async () => {
    redis = await startRedis();
  });
  after(async () => {
    await redis.stop();
    console.log(tableOf(found.toSorted(byName)));
  });

  const run = (t: TestContext, file: string, tests: string[], mutant?: Mutant) =>
    runSuite(t, { file, tests, mutant, env: { REDIS_URL: redis.url } });

  for (const [file, { resolve }] of sound)
    test(`none: ${file}`, async (t) => {
      const tests = MUTANTS.flatMap(({ foundBy }) => foundBy)
        .filter((hunt) => hunt.file === file)
        .map((hunt) => hunt.tests);
      const { verdicts, output } = await run(t, file, [...new Set(tests)]);
      resolve(verdicts);
      assert.ok(verdicts.length > 0, `no test ran:\n${output}`);
      assert.deepEqual(
        verdicts.filter(({ passed }) => !passed),
        [],
      );
    });

  for (const mutant of MUTANTS)
    for (const hunt of mutant.foundBy)
      test(`${mutant.name}: ${hunt.file}`, async (t) => {
        const passed = await sound.get(hunt.file)!.promise;
        const first = finderOf(await run(t, hunt.file, [hunt.tests], mutant), passed, mutant);
        found.push([mutant.name, hunt.file, `${first.name} (${first.error ?? "timeout"})`]);
      });
});

function testFiles(): string[] {
  const hunts: readonly Hunt[] = MUTANTS.flatMap(({ foundBy }) => foundBy);
  return [...new Set(hunts.map(({ file }) => file))];
}

/** The first test that passes without the mutant and fails with it by an assertion, or for lack of an end. */
function finderOf(run: SuiteRun, sound: readonly Verdict[], { harm }: Mutant): Verdict {
  assert.ok(run.mutated, `the file with the mutant was never loaded:\n${run.output}`);
  const names = new Set(sound.filter(({ passed }) => passed).map(({ name }) => name));
  const failed = run.verdicts.filter((verdict) => !verdict.passed);
  const finder = failed.find((verdict) => names.has(verdict.name) && isFinding(verdict));
  if (finder !== undefined) return finder;
  const why = failed.length > 0 ? JSON.stringify(failed, undefined, 2) : run.output;
  assert.fail(`survived (${harm}); ${run.verdicts.length} tests ran:\n${why}`);
}

function isFinding({ failureType, error }: Verdict): boolean {
  if (failureType === "testTimeoutFailure") return true;
  return failureType === "testCodeFailure" && error === "AssertionError";
}

function byName([a = ""]: readonly string[], [b = ""]: readonly string[]): number {
  return a < b ? -1 : 1;
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const lines = [["mutant", "test file", "found by"], ["---", "---", "---"], ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
