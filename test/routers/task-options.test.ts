/** Each option of a task reaches the server, wherever it is given. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { create, toJson } from "@bufbuild/protobuf";
import { TaskOptionsSchema } from "../../gen/qtasksapi/v1/task_pb.ts";
import { Router, type QueueTasks } from "../../src/index.ts";
import type { TaskSettings } from "../../src/core/task-settings.ts";
import type { TaskDefaults } from "../../src/routers/task-defaults.ts";
import { memoryApp } from "../app/memory-app.ts";
import { ConformanceTasks } from "../gen/conformance/v1/conformance_pb.ts";

/** All that both definitions and callers may set; the compiler sees to it that none is missing. */
const SHARED: Required<Omit<TaskSettings, "attemptTimeoutMs">> = {
  queue: "slow",
  priority: 7,
  totalTimeoutMs: 60_000,
  pendingTimeoutMs: 30_000,
  retentionMs: 7_200_000,
  labels: { team: "a" },
  outputRetry: "skip",
  retry: {
    maxAttempts: 4,
    initialBackoffMs: 10,
    maxBackoffMs: 500,
    backoffMultiplier: 3,
    jitter: 0.5,
    nonRetryableTypes: ["Bad"],
    maxLostLeases: 2,
  } satisfies Required<TaskSettings["retry"]>,
};
const DEFAULTS: Required<Omit<TaskDefaults, "executor">> = { ...SHARED, timeoutMs: 1_500 };
const OF_CALLER: Required<TaskSettings> = { ...SHARED, attemptTimeoutMs: 1_500 };

/** What the server has of them, as JSON. */
const STORED = {
  queue: "slow",
  priority: 7,
  attemptTimeout: "1.500s",
  totalTimeout: "60s",
  pendingTimeout: "30s",
  retention: "7200s",
  labels: { team: "a" },
  outputRetry: "OUTPUT_RETRY_SKIP",
  retryPolicy: {
    maxAttempts: 4,
    initialBackoff: "0.010s",
    maxBackoff: "0.500s",
    backoffMultiplier: 3,
    jitter: 0.5,
    nonRetryableTypes: ["Bad"],
    maxLostLeases: 2,
  },
};

interface Definition {
  readonly name: string;
  readonly description?: string;
  readonly streaming?: boolean;
  readonly options?: object;
}

/** As a server tells programs of any language. */
async function definitionsOf(app: QueueTasks): Promise<Map<string, Definition>> {
  await app.start();
  const method = "qtasksapi.v1.SystemService/ListTaskDefinitions";
  const response = await fetch(`http://${app.httpAddress}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  const { definitions } = (await response.json()) as {
    readonly definitions: readonly { readonly definition: Definition }[];
  };
  return new Map(definitions.map(({ definition }) => [definition.name, definition]));
}

test("those of a task, of its router and of a method are the definition's", async (t) => {
  const app = memoryApp(t);
  app.task({ name: "own", ...DEFAULTS }, () => 1);
  const router = new Router(DEFAULTS);
  router.task("routed", () => 1);
  app.includeRouter(router);
  app.service(ConformanceTasks, { echo: () => ({}) }, { options: { echo: DEFAULTS } });
  const definitions = await definitionsOf(app);
  for (const name of ["own", "routed", "conformance.v1.ConformanceTasks/Echo"])
    assert.deepEqual(definitions.get(name)?.options, STORED, name);
});

test("so are its description, and whether it streams", async (t) => {
  const app = memoryApp(t);
  const values = async (): Promise<void> => {};
  app.task({ name: "said", description: "Does what it says", streaming: true }, values);
  app.task({ name: "denied", streaming: false }, async function* () {
    yield 1;
  });
  const definitions = await definitionsOf(app);
  const { description, streaming } = definitions.get("said")!;
  assert.deepEqual(
    { description, streaming },
    { description: "Does what it says", streaming: true },
  );
  assert.ok(definitions.get("denied")?.streaming !== true);
});

test("those of a definition hold for its tasks, and so do those of a caller", async (t) => {
  for (const [init, options] of [
    [{ name: "defined", ...DEFAULTS }, undefined],
    [{ name: "called" }, OF_CALLER],
  ] as const)
    assert.deepEqual(await storedOptions(t, init, options), STORED, init.name);
});

async function storedOptions(
  t: TestContext,
  init: TaskDefaults & { readonly name: string },
  options: TaskSettings | undefined,
): Promise<unknown> {
  const app = memoryApp(t);
  const task = app.task(init, () => 1);
  await app.start({ server: false });
  const { spec } = await (await task.enqueue(undefined, options)).get();
  return toJson(TaskOptionsSchema, create(TaskOptionsSchema, spec!.options));
}
