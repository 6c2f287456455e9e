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

const HUNTS: readonly Hunt[] = MUTANTS.flatMap(({ foundBy }) => foundBy);

test("every mutant fits the service as it is", async () => {
  for (const { file, edits } of MUTANTS) {
    const source = await readFile(join(import.meta.dirname, "../..", file), "utf8");
    assert.notEqual(mutate(source, edits), source, file);
  }
  const names = MUTANTS.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)]);
});

describe("mutants", { concurrency: CONCURRENCY }, () => {
  const files = new Set(HUNTS.map(({ file }) => file));
  const found: string[][] = [];
  let redis: RedisServer;
  before(async () => {
    redis = await startRedis();
  });
  after(async () => {
    await redis.stop();
    console.log(tableOf(found.toSorted(byName)));
  });

  const run = (t: TestContext, hunts: readonly Hunt[], mutant?: Mutant): Promise<SuiteRun> =>
    runSuite(t, {
      file: hunts[0]!.file,
      tests: [...new Set(hunts.map(({ tests }) => tests))],
      timeoutMs: Math.max(...hunts.map(({ timeoutMs }) => timeoutMs)),
      mutant,
      env: { REDIS_URL: redis.url },
    });

  const sound = new Map<string, Promise<SuiteRun>>();
  /** All hunts of a file without a mutant, once. */
  const runSound = (t: TestContext, file: string): Promise<SuiteRun> => {
    const hunts = HUNTS.filter((hunt) => hunt.file === file);
    const running = sound.get(file) ?? run(t, hunts);
    sound.set(file, running);
    return running;
  };

  for (const file of files)
    test(`none: ${file}`, async (t) => {
      const { verdicts, output } = await runSound(t, file);
      assert.ok(verdicts.length > 0, `no test ran:\n${output}`);
      assert.deepEqual(
        verdicts.filter(({ passed }) => !passed),
        [],
      );
    });

  for (const mutant of MUTANTS)
    for (const hunt of mutant.foundBy)
      test(`${mutant.name}: ${hunt.file}`, async (t) => {
        const { verdicts } = await runSound(t, hunt.file);
        const first = finderOf(await run(t, [hunt], mutant), verdicts, mutant);
        found.push([mutant.name, hunt.file, `${first.name} (${first.error ?? "timeout"})`]);
      });
});

/** The first test that passes without the mutant and fails with it, for a reason that counts. */
function finderOf(run: SuiteRun, sound: readonly Verdict[], { harm }: Mutant): Verdict {
  assert.ok(run.mutated, `the file with the mutant was never loaded:\n${run.output}`);
  const names = new Set(sound.filter(({ passed }) => passed).map(({ name }) => name));
  const failed = run.verdicts.filter((verdict) => !verdict.passed);
  const finder = failed.find((verdict) => names.has(verdict.name) && isFinding(verdict));
  if (finder !== undefined) return finder;
  const why = failed.length > 0 ? JSON.stringify(failed, undefined, 2) : run.output;
  assert.fail(`survived (${harm}); ${run.verdicts.length} tests ran:\n${why}`);
}

/** An assertion, a refusal where the service must not refuse, or no end: not a file that can't be loaded. */
function isFinding({ failureType, error }: Verdict): boolean {
  if (failureType === "testTimeoutFailure") return true;
  return (
    failureType === "testCodeFailure" && (error === "AssertionError" || error === "QTasksError")
  );
}

function byName([a = ""]: readonly string[], [b = ""]: readonly string[]): number {
  return a < b ? -1 : 1;
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const lines = [["mutant", "test file", "found by"], ["---", "---", "---"], ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
