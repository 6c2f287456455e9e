import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { assertNoLeaks } from "../support/leaks.ts";
import { countOpen } from "../support/open-things.ts";
import { startNode } from "../support/process.ts";
import { assertRoundsLeaveNothing, round, threeApps, type OneOfMany } from "./many-apps.ts";

/** Three apps, stopped after the test. */
async function setup(t: TestContext): Promise<OneOfMany[]> {
  const apps = await threeApps();
  t.after(() => Promise.all(apps.map(({ app }) => app.stop())));
  return apps;
}

test("three apps in one process, started and stopped, leave nothing behind", async () => {
  // A hundred times in many-apps.timed.ts.
  await assertRoundsLeaveNothing(5, 10);
});

test("each logs to the logger that it was given, and to no other", async (t) => {
  const apps = await setup(t);
  await round(apps, 7);
  for (const { name, lines } of apps) {
    for (const line of lines) {
      assert.equal(line.name, name);
      if (line.workerId !== undefined) assert.equal(line.workerId, `${name}-worker`);
      for (const other of apps)
        if (other.name !== name) assert.ok(!JSON.stringify(line).includes(other.name));
    }
    const own = lines.filter(({ msg }) => msg === "squares");
    assert.deepEqual(
      own.map(({ of, task }) => [of, task]),
      [
        [7, `${name}.square`],
        [8, `${name}.square`],
      ],
    );
    assert.ok(lines.some(({ msg }) => msg === "the server listens"));
  }
});

test("start and stop may come before, after, twice and at once", async (t) => {
  const apps = await setup(t);
  await round(apps, 1);
  await assertNoLeaks(
    async () => {
      for (const { app, square } of apps) {
        await app.stop();
        await Promise.all([app.stop(), app.stop()]);
        await Promise.all([app.start(), app.start()]);
        const address = app.grpcAddress;
        await app.start();
        assert.equal(app.grpcAddress, address);
        assert.equal(await square.run(3), 9);
        await Promise.all([app.stop(), app.stop()]);
        await app.stop();
        assert.equal(app.grpcAddress, undefined);
      }
    },
    () => countOpen({ process }),
  );
});

test("a stop ends a start that is under way, and a start waits for the stop before it", async (t) => {
  const apps = await setup(t);
  await round(apps, 1);
  await assertNoLeaks(
    async () => {
      for (const { app, square } of apps) {
        const starting = assert.rejects(app.start(), { reason: "CALL_CANCELED" });
        await app.stop();
        await starting;
        assert.equal(app.grpcAddress, undefined);
        await app.start();
        const stopping = app.stop();
        await Promise.all([stopping, app.start()]);
        assert.equal(await square.run(4, { timeoutMs: 5_000 }), 16);
        const stopped = app.stop();
        const overtaken = assert.rejects(app.start(), { reason: "CALL_CANCELED" });
        await Promise.all([stopped, overtaken, app.stop()]);
        assert.equal(app.grpcAddress, undefined);
      }
    },
    () => countOpen({ process }),
  );
});

test("the process is left as it is: globals, built-ins, modules, signals, output", async (t) => {
  const program = startNode(t, [join(import.meta.dirname, "untouched-process.ts")]);
  const { code, stdout, stderr } = await program.finished;
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), {
    changed: [],
    listenersWhileItRuns: [],
    signalsInRunForever: ["SIGINT", "SIGTERM"],
    listenersAfter: [],
  });
});
