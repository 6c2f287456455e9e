/** The suites refuse components with a bug, as their authors would run them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { startNode, type Finished } from "../support/process.ts";
import { BROKER_BUGS, JOINT_BUGS, STORAGE_BUGS } from "./broken/bugs.ts";

const SUITES = join(import.meta.dirname, "broken/suites.ts");

/** The suite over a component with that bug. Else it would report to the runner of this very test. */
function runSuite(t: TestContext, suite: string, bug: string): Promise<Finished> {
  const env = { SUITE: suite, BUG: bug, NODE_TEST_CONTEXT: "" };
  const args = ["--test-reporter=tap", "--test-timeout=30000", "--test-force-exit", SUITES];
  return startNode(t, args, { env }).finished;
}

function countOf(stdout: string, what: "pass" | "fail" | "tests"): number {
  return Number(new RegExp(`^# ${what} (\\d+)$`, "m").exec(stdout)?.[1]);
}

const BUGS = { broker: BROKER_BUGS, storage: STORAGE_BUGS, joint: JOINT_BUGS };

describe("the suites", { concurrency: 4 }, () => {
  for (const [suite, bugs] of Object.entries(BUGS)) {
    test(`${suite}: a sound one passes`, async (t) => {
      const { code, stdout } = await runSuite(t, suite, "");
      assert.equal(code, 0, stdout);
      assert.ok(countOf(stdout, "pass") > 10, stdout);
      assert.equal(countOf(stdout, "fail"), 0);
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
});
