/** What an error in a hook does, point by point. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { pino } from "pino";
import { MemoryBroker } from "../../src/backends/memory/memory-broker.ts";
import { connect, QTasksError, type QueueTasks } from "../../src/index.ts";
import { POINTS, type PointInfo, type PointName } from "../../src/plugins/points.ts";
import { memoryApp } from "../app/memory-app.ts";

/** `isolated`: it is logged. `fatal`: what was under way fails with it. The compiler sees to it that none is missing. */
const EFFECTS: Readonly<Record<PointName, PointInfo["onError"]>> = {
  "app.starting": "fatal",
  "app.started": "fatal",
  "app.stopping": "isolated",
  "app.stopped": "isolated",
  "app.task": "fatal",
  "app.enqueue": "fatal",
  "app.encode": "fatal",
  "app.decode": "fatal",
  "pipeline.enqueue": "fatal",
  "pipeline.enqueued": "isolated",
  "pipeline.handedOut": "isolated",
  "pipeline.attemptEnded": "isolated",
  "pipeline.ended": "isolated",
  "pipeline.staleOutcome": "isolated",
  "storage.call": "isolated",
  "broker.call": "isolated",
  "worker.starting": "fatal",
  "worker.stopped": "isolated",
  "worker.attemptStarted": "isolated",
  "worker.attemptEnded": "isolated",
  "server.call": "isolated",
};

/** An app whose one hook throws, and what it logs of hooks. */
function setup(t: TestContext, point: PointName) {
  const logged: Record<string, unknown>[] = [];
  const write = (line: string): void => {
    const fields = JSON.parse(line) as Record<string, unknown>;
    if (fields["point"] !== undefined) logged.push(fields);
  };
  const app = memoryApp(t, {
    logger: pino({}, { write }),
    components: { broker: () => new MemoryBroker() },
  });
  const broken = (): never => {
    throw new QTasksError("FIELD_VIOLATION", "the hook is broken");
  };
  app.use({ name: "faulty", install: ({ hook }) => hook(point, broken) });
  return { app, logged };
}

/** Comes by every point: a task by the app's client and one by gRPC, and an outcome that is too late. */
async function life(app: QueueTasks): Promise<void> {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: mayEnd, resolve: letEnd } = Promise.withResolvers<void>();
  const echo = app.task("echo", (value: string) => value);
  const slow = app.task("slow", () => {
    begin();
    return mayEnd;
  });
  await app.start();
  try {
    assert.equal(await echo.run("one"), "one");
    const client = connect({ address: app.grpcAddress! });
    assert.equal(await client.run("echo", "two").finally(() => client.close()), "two");
    const handle = await slow.enqueue();
    await begun;
    await handle.cancel({ forceAfterMs: 0 });
  } finally {
    letEnd();
    await app.stop();
  }
}

for (const [point, effect] of Object.entries(EFFECTS) as [PointName, PointInfo["onError"]][])
  test(`${point}: an error is ${effect}`, async (t) => {
    const { app, logged } = setup(t, point);
    if (effect === "fatal") {
      await assert.rejects(life(app), /the hook is broken/);
      assert.equal(app.grpcAddress, undefined, "a start that failed is taken back");
    } else {
      await life(app);
      const [first] = logged;
      const { err, plugin } = first as { err?: { message: string }; plugin?: string };
      assert.equal(err?.message, "the hook is broken");
      assert.deepEqual([plugin, first?.["point"]], ["faulty", point]);
    }
    assert.equal(POINTS[point].onError, effect);
  });

test("a rejection where nobody waits is logged, and does not end the process", async (t) => {
  const { app, logged } = setup(t, "app.stopped");
  app.use({
    name: "later",
    install: ({ hook }) =>
      hook("worker.attemptEnded", () => Promise.reject(new Error("later")) as never),
  });
  await life(app);
  const of = logged.filter(({ plugin }) => plugin === "later").map(({ point }) => point);
  assert.ok(of.includes("worker.attemptEnded"));
});
