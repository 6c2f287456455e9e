/** Children that a plugin refuses, or no server takes. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { pino } from "pino";
import { QTasksError, type Plugin, type QueueTasks, type Reason } from "../../src/index.ts";
import type { ChildOptions } from "../../src/worker/child.ts";
import { memoryApp } from "./memory-app.ts";

interface Line {
  readonly level: number;
  readonly msg: string;
}

interface Refusing {
  readonly app: QueueTasks;
  readonly logs: Line[];
  /** How often the child was asked for. */
  asked: number;
}

/** An app whose children are refused for this reason, as often as told. */
async function refusing(t: TestContext, reason: Reason, times = Infinity): Promise<Refusing> {
  const logs: Line[] = [];
  const write = (line: string) => void logs.push(JSON.parse(line) as Line);
  const app = memoryApp(t, { logger: pino({ level: "info" }, { write }), graceMs: 200 });
  const made: Refusing = { app, logs, asked: 0 };
  const refuse: Plugin = {
    name: "refuse",
    install: ({ hook }) =>
      hook("pipeline.enqueue", (event) => {
        if (event.task === "child" && made.asked++ < times)
          throw new QTasksError(reason, "refused by a plugin");
        return event;
      }),
  };
  app.use(refuse).task("child", () => 1);
  return made;
}

/** What came of the child in its parent, and after how many ms. */
async function childOf({ app }: Refusing, options: () => ChildOptions = () => ({})) {
  const parent = app.task(
    { name: "parent", retry: { maxAttempts: 1 } },
    async (_: null, context) => {
      const startedAt = performance.now();
      const made = await context.enqueue("child", null, options()).then(
        ({ created }) => ({ created }),
        (thrown: unknown) => ({ reason: QTasksError.from(thrown).reason }),
      );
      return { ...made, ms: performance.now() - startedAt };
    },
  );
  await app.start({ server: false });
  return (await parent.run(null, { timeoutMs: 10_000 })) as {
    readonly created?: boolean;
    readonly reason?: string;
    readonly ms: number;
  };
}

for (const reason of [
  "SCOPE_MISSING",
  "INTERNAL",
  "DEFINITION_NOT_FOUND",
  "TOKEN_INVALID",
] as const)
  test(`a child that is refused with ${reason} rejects at once`, async (t) => {
    const made = await refusing(t, reason);
    const came = await childOf(made);
    assert.equal(came.reason, reason);
    assert.equal(made.asked, 1);
  });

for (const reason of ["QUEUE_FULL", "RATE_LIMITED", "STORAGE_UNAVAILABLE"] as const) {
  test(`a child that is refused with ${reason} for a while is enqueued, and the log says so once`, async (t) => {
    const made = await refusing(t, reason, 3);
    const came = await childOf(made);
    assert.equal(came.created, true);
    assert.equal(made.asked, 4);
    const told = made.logs.filter(({ msg }) => /could not enqueue a child/.test(msg));
    assert.deepEqual(
      told.map(({ level }) => level),
      [40],
    );
  });

  test(`a child that is refused with ${reason} for good rejects when its patience is over`, async (t) => {
    const came = await childOf(await refusing(t, reason), () => ({ patienceMs: 400 }));
    const isAway = reason === "STORAGE_UNAVAILABLE";
    assert.ok(came.reason === reason || (isAway && came.reason === "SERVER_UNREACHABLE"));
    assert.ok(came.ms >= 300 && came.ms < 3_000, `${came.ms} ms`);
  });
}

test("a child's signal ends the waiting, and nothing is sent any more", async (t) => {
  const made = await refusing(t, "RATE_LIMITED");
  const came = await childOf(made, () => ({ signal: AbortSignal.timeout(150) }));
  assert.equal(came.reason, "CALL_CANCELED");
  assert.ok(came.ms < 3_000, `${came.ms} ms`);
  const { asked } = made;
  await new Promise((resolve) => setTimeout(resolve, 900));
  assert.equal(made.asked, asked);
});

test("a patience that is no number is refused", async (t) => {
  const wrong = { patienceMs: "soon" as unknown as number };
  const came = await childOf(await refusing(t, "RATE_LIMITED", 0), () => wrong);
  assert.equal(came.reason, "FIELD_VIOLATION");
});
