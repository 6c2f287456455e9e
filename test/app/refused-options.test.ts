import assert from "node:assert/strict";
import { test } from "node:test";
import { QueueTasks, threads, weighted, Worker, type Executor } from "../../src/index.ts";
import { testApp } from "../../src/testing/index.ts";
import { memoryApp, QUIET } from "./memory-app.ts";
import { refused, untyped } from "../support/refused.ts";

test("a role that there is not is refused, and nothing listens", async (t) => {
  const app = memoryApp(t);
  const cases: [unknown, string][] = [
    [{ servr: false }, "roles: servr: no such option; did you mean server?"],
    [
      { server: "no", workers: false },
      "roles: workers: no such option; did you mean worker?; server: expected true or false; got string",
    ],
    ["server", "roles: options: expected an object; got string"],
  ];
  for (const [roles, message] of cases) {
    await assert.rejects(app.start(untyped(roles)), refused(message));
    await assert.rejects(app.runForever(untyped(roles)), refused(message));
  }
  assert.equal(app.grpcAddress, undefined);
  await app.start({ server: undefined, worker: false });
  assert.notEqual(app.grpcAddress, undefined);
});

test("limits, timings and components that there are not are refused", (t) => {
  const cases: [object, string][] = [
    [
      { limits: { maxPayload: 1 } },
      "limits: maxPayload: no such option; did you mean maxPayloadBytes?",
    ],
    [{ timings: { lease: 1 } }, "timings: lease: no such option; did you mean leaseMs?"],
    [
      { components: { storag: () => {} } },
      "components: storag: no such option; did you mean storage?",
    ],
  ];
  for (const [options, message] of cases)
    assert.throws(() => memoryApp(t, untyped(options)), refused(message));
});

test("limits and timings that are no such numbers are refused: some would be waited for without end", (t) => {
  const cases: [object, string][] = [
    [
      { timings: { leaseMs: NaN, holdMs: Infinity } },
      "timings: leaseMs: expected a number from 0 to 2147483647; got NaN; " +
        "holdMs: expected a number from 0 to 2147483647; got Infinity",
    ],
    [
      { limits: { maxBatch: -1, maxStreams: Infinity } },
      "limits: maxBatch: expected a number from 0; got -1",
    ],
    [{ limits: { maxSlots: "5" } }, "limits: maxSlots: expected a number from 0; got 5"],
    [{ timings: 5 }, "timings: options: expected an object; got number"],
  ];
  for (const [options, message] of cases)
    assert.throws(() => memoryApp(t, untyped(options)), refused(message));
  memoryApp(t, { limits: { maxLabels: 0, maxStreams: Infinity }, timings: { leaseMs: undefined } });
});

test("components, executors and loggers that are none are refused before anything starts", (t) => {
  const cases: [object, string][] = [
    [
      { components: { broker: 3, storage: {}, executor: "inline", clock: { now: () => 0 } } },
      "components: broker: expected a function; got number; storage: expected a function; got object; " +
        "executor: expected an executor, such as threads(); got string; " +
        "clock: expected a clock; got one without monotonic, setTimer, clearTimer",
    ],
    [{ components: 5 }, "components: options: expected an object; got number"],
    [{ logger: 3 }, "app: logger: expected a logger with pino's methods; got number"],
    [
      { logger: console },
      "app: logger: expected a logger with pino's methods; got one without child",
    ],
  ];
  for (const [options, message] of cases)
    assert.throws(() => memoryApp(t, untyped(options)), refused(message));
  const app = memoryApp(t);
  const init = { name: "t", executor: untyped<Executor>(threads) };
  const message = "task t: executor: expected an executor, such as threads(); got one without run";
  assert.throws(() => app.task(init, () => 1), refused(message));
  const worker = { calls: {}, logger: null, executor: {} };
  assert.throws(
    () => new Worker(untyped(worker)),
    refused(
      "worker: logger: expected a logger with pino's methods; got null; " +
        "executor: expected an executor, such as threads(); got one without run",
    ),
  );
});

test("a server without a port is refused where it is named", () => {
  assert.throws(
    () => new QueueTasks({ ...QUIET, server: "tasks.local:0" }),
    refused(
      'server: expected HOST:PORT with a port from 1 to 65535, or false for none; got "tasks.local:0"',
    ),
  );
});

test("app.use refuses options and components that there are not", (t) => {
  const app = memoryApp(t);
  const plugin = { name: "p" };
  assert.throws(
    () => app.use(plugin, untyped({ component: ["worker"] })),
    refused("app.use: component: no such option; did you mean components?"),
  );
  for (const components of [["workers"], "worker"])
    assert.throws(
      () => app.use(plugin, untyped({ components })),
      refused(
        `app.use: components: expected a list of app, pipeline, storage, broker, worker, server; got ${JSON.stringify(components)}`,
      ),
    );
  assert.equal(app.uses("p"), false);
});

test("threads, weights and workers refuse options that there are not", () => {
  const cases: [() => unknown, string][] = [
    [
      () => threads(untyped({ threads: 2, minThread: 1 })),
      "threads: threads: no such option; did you mean maxThreads?; " +
        "minThread: no such option; did you mean minThreads?",
    ],
    [
      () => threads({ resourceLimits: untyped({ maxOldGenerationSizeMB: 64 }) }),
      "threads: resourceLimits: maxOldGenerationSizeMB: no such option; did you mean maxOldGenerationSizeMb?",
    ],
    [
      () => weighted({ a: 1 }, untyped({ rand: () => 0 })),
      "weighted: rand: no such option; did you mean random?",
    ],
    [
      () => new Worker(untyped({ calls: {}, slot: 1, graceMS: 1 })),
      "worker: slot: no such option; did you mean slots?; graceMS: no such option; did you mean graceMs?",
    ],
  ];
  for (const [make, message] of cases) assert.throws(make, refused(message));
});

test("a test app refuses options that there are not", async (t) => {
  await assert.rejects(
    testApp(untyped({ workers: false })),
    refused("test app: workers: no such option; did you mean worker?"),
  );
  const kit = await testApp();
  t.after(() => kit.stop());
  const timeout = "test app: idle: timeout: no such option; did you mean timeoutMs?";
  await assert.rejects(kit.idle(untyped({ timeout: 1 })), refused(timeout));
  await assert.rejects(kit.runEnqueued(untyped({ timeout: 1 })), refused(timeout));
  const noNumber = refused("timeoutMs: expected a number of ms, not NaN", "FIELD_VIOLATION");
  await assert.rejects(kit.idle({ timeoutMs: NaN }), noNumber);
  await assert.rejects(
    async () => kit.clock.sleep(NaN),
    refused("ms: expected a number of ms, not NaN", "FIELD_VIOLATION"),
  );
});
