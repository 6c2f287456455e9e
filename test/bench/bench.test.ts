/** The benchmark runs, so that it does when its figures are wanted. How fast anything is, is not looked at. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { startNode } from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";
import { tally } from "./measure/tally.ts";
import { Agent } from "./processes/agent.ts";
import type { EchoServer } from "./processes/echo-server.ts";
import type { QTasksLoad } from "./processes/qtasks-load.ts";
import type { Results } from "./results.ts";
import { startServer } from "./systems/qtasks.ts";

const LOAD = join(import.meta.dirname, "processes/qtasks-load.ts");
const ECHO = join(import.meta.dirname, "processes/echo-server.ts");
const MAIN = join(import.meta.dirname, "main.ts");

test("a quick run measures every system, loses and doubles nothing, and writes its page", async (t) => {
  const folder = tempFolder();
  const works = ["W1", "W3", "W5"];
  const { results, stdout } = await bench(t, folder, [
    "--works",
    works.join(","),
    "--tasks",
    "500",
  ]);

  const subjects = new Set(results.summary.map(({ work, subject }) => `${work} ${subject}`));
  for (const work of works)
    for (const subject of ["bullmq", "memory", "sqlite", "redis"])
      assert.ok(subjects.has(`${work} ${subject}`), `${work} ${subject}`);
  assert.ok(subjects.has("W1 echo-raw") && subjects.has("W1 echo-protobuf"));
  for (const { work, subject, tasks, lost, doubled, values, parts } of results.summary) {
    assert.deepEqual({ lost, doubled }, { lost: 0, doubled: 0 }, `${work} ${subject}`);
    assert.ok(tasks > 0 && Object.values(values).every((value) => value > 0), `${work} ${subject}`);
    assert.ok(parts.every(({ peakRssBytes }) => peakRssBytes > 1 << 20));
  }
  assert.ok(results.targets.every(({ measured }) => measured !== undefined));
  assert.match(stdout, /W3 drain/);

  const page = readFileSync(join(folder, "benchmarks.md"), "utf8");
  assert.match(page, /## Targets/);
  const plots = [...page.matchAll(/\]\((benchmarks\/[^)]+)\)/g)].map(([, path]) => path!);
  assert.equal(plots.length, 2 * works.length);
  for (const path of plots) assert.ok(existsSync(join(folder, path)), path);
});

test("the echoes answer with as many bytes as the service", async (t) => {
  const load = new Agent<QTasksLoad>({ args: [LOAD] });
  t.after(() => load.stop());
  const server = startServer("memory:", 1);
  t.after(() => server.stop());
  const addresses = [(await server.ready)![1]!];
  for (const kind of ["raw", "protobuf"] as const) {
    const echo = new Agent<EchoServer>({ args: [ECHO] });
    t.after(() => echo.stop());
    addresses.push(`127.0.0.1:${await echo.call("listen", { kind })}`);
  }
  const sizes: number[] = [];
  for (const address of addresses) {
    await load.call("connect", { address });
    await load.call("enqueueOneByOne", { count: 1, width: 1 });
    sizes.push(await load.call("answerBytes", {}));
  }
  const [ofService, ...ofEchoes] = sizes;
  // Times have no trailing zeros, so that they differ by a byte or two.
  for (const size of ofEchoes) assert.ok(Math.abs(size - ofService!) <= 8, sizes.join(", "));
});

describe("the tally", () => {
  const good = { id: "a", attempts: 1, right: true };

  test("of tasks that all ran once is clean", () => {
    const evidence = { acknowledged: ["a"], handled: ["a"], outcomes: [good] };
    assert.deepEqual(tally(evidence), { tasks: 1, lost: 0, doubled: 0 });
  });

  const cases = {
    "without an outcome": { acknowledged: ["a"], handled: ["a"], outcomes: [] },
    "that no handler saw": { acknowledged: ["a"], handled: [], outcomes: [good] },
    "with another result": {
      acknowledged: ["a"],
      handled: ["a"],
      outcomes: [{ ...good, right: false }],
    },
    "acknowledged twice": { acknowledged: ["a", "a"], handled: ["a"], outcomes: [good] },
  };
  for (const [name, evidence] of Object.entries(cases))
    test(`counts a task ${name} as lost`, () => assert.equal(tally(evidence).lost, 1));

  const doubles = {
    "handled twice": { acknowledged: ["a"], handled: ["a", "a"], outcomes: [good] },
    "recorded twice": { acknowledged: ["a"], handled: ["a"], outcomes: [good, good] },
    "started twice": {
      acknowledged: ["a"],
      handled: ["a"],
      outcomes: [{ ...good, attempts: 2 }],
    },
    "that nobody enqueued": { acknowledged: [], handled: ["a"], outcomes: [] },
  };
  for (const [name, evidence] of Object.entries(doubles))
    test(`counts a task ${name} as doubled`, () => assert.equal(tally(evidence).doubled, 1));
});

async function bench(t: TestContext, folder: string, args: readonly string[]) {
  const file = join(folder, "results.json");
  const running = startNode(t, [MAIN, "--quick", "--file", file, "--docs", folder, ...args]);
  const { code, stdout, stderr } = await running.finished;
  assert.equal(code, 0, stderr);
  return { results: JSON.parse(readFileSync(file, "utf8")) as Results, stdout };
}
