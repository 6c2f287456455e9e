/** The suites refuse components with a bug, as their authors would run them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { startNode, type Finished } from "../support/process.ts";
import { BROKER_BUGS, JOINT_BUGS, STORAGE_BUGS } from "./broken/bugs.ts";
import { OF_BROKERS, OF_JOINT, OF_STORAGES } from "./broken/part-bugs.ts";

const SUITES = join(import.meta.dirname, "broken/suites.ts");

/** The suite over a component with that bug. Else it would report to the runner of this very test. */
function runSuite(t: TestContext, suite: string, bug: string): Promise<Finished> {
  return run(t, [], { SUITE: suite, BUG: bug });
}

/** That part alone, over a component with the part's own bug. */
function runPart(t: TestContext, suite: string, part: string): Promise<Finished> {
  const pattern = `--test-name-pattern=^${suite} contract: theirs ${part} `;
  return run(t, [pattern], { SUITE: suite, PART: part });
}

function run(
  t: TestContext,
  more: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Finished> {
  const args = ["--test-reporter=tap", "--test-timeout=30000", "--test-force-exit"];
  return startNode(t, [...args, ...more, SUITES], { env: { ...env, NODE_TEST_CONTEXT: "" } })
    .finished;
}

/** Names of a suite's parts, as it reports them. */
function partsOf(stdout: string): string[] {
  return [...stdout.matchAll(/^ {4}# Subtest: (.+)$/gm)].map(([, part]) => part!).toSorted();
}

function countOf(stdout: string, what: "pass" | "fail" | "tests"): number {
  return Number(new RegExp(`^# ${what} (\\d+)$`, "m").exec(stdout)?.[1]);
}

const OF_PARTS = { broker: OF_BROKERS, storage: OF_STORAGES, joint: OF_JOINT };
const BUGS = { broker: BROKER_BUGS, storage: STORAGE_BUGS, joint: JOINT_BUGS };

describe("the suites", { concurrency: 4 }, () => {
  for (const [suite, bugs] of Object.entries(BUGS)) {
    test(`${suite}: a sound one passes`, async (t) => {
      const { code, stdout } = await runSuite(t, suite, "");
      assert.equal(code, 0, stdout);
      assert.ok(countOf(stdout, "pass") > 10, stdout);
      assert.equal(countOf(stdout, "fail"), 0);
      const parts = Object.keys(OF_PARTS[suite as keyof typeof OF_PARTS]);
      assert.deepEqual(partsOf(stdout), parts.toSorted(), "each part has a bug that it refuses");
    });

    for (const bug of Object.keys(bugs))
      test(`${suite}: one that ${bug} is refused`, async (t) => {
        const { code, stdout } = await runSuite(t, suite, bug);
        assert.equal(code, 1, stdout);
        assert.ok(countOf(stdout, "fail") > 0, stdout);
        assert.ok(countOf(stdout, "pass") > 0, "it runs, and fails by its assertions alone");
        assert.match(stdout, /ERR_ASSERTION/);
      });
  }

  for (const [suite, parts] of Object.entries(OF_PARTS))
    for (const part of Object.keys(parts))
      test(`${suite}: the part "${part}" refuses its bug`, async (t) => {
        const { code, stdout } = await runPart(t, suite, part);
        assert.equal(code, 1, stdout);
        assert.deepEqual(partsOf(stdout), [part]);
        assert.match(stdout, /ERR_ASSERTION/);
      });
});
