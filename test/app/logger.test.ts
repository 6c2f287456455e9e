/** An app has one logger, and what belongs to it logs by children of that one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pino, type Bindings, type Logger } from "pino";
import { QueueTasks } from "../../src/index.ts";
import { memoryApp, QUIET } from "./memory-app.ts";

interface Heard {
  readonly logger: Logger;
  /** Of the children that were made of it, and of theirs. */
  readonly children: Bindings[];
  readonly lines: Record<string, unknown>[];
}

function heard(): Heard {
  const [children, lines]: [Bindings[], Record<string, unknown>[]] = [[], []];
  const onChild = (child: Logger): void => void children.push(child.bindings());
  const write = (line: string): void =>
    void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { logger: pino({ name: "mine", onChild }, { write }), children, lines };
}

test("pipeline, worker, plugins and handlers log by children of it, each with its name", async (t) => {
  const { logger, children, lines } = heard();
  const app = memoryApp(t, { logger, workerId: "w1" });
  app.use({ name: "teller", start: ({ logger: own }) => own.info("from the plugin") });
  const task = app.task("speak", (_: null, context) => context.logger.info("from the handler"));
  await app.start({ server: false });
  await task.run(null);
  assert.equal(app.logger, logger);
  const has = (facts: Bindings): boolean =>
    children.some((bindings) => Object.entries(facts).every(([key, is]) => bindings[key] === is));
  for (const facts of [
    { component: "pipeline" },
    { workerId: "w1" },
    { plugin: "teller" },
    { workerId: "w1", task: "speak", attempt: 1 },
  ])
    assert.ok(has({ name: "mine", ...facts }), JSON.stringify({ facts, children }));
  const byText = new Map(lines.map((line) => [line["msg"], line]));
  assert.equal(byText.get("from the plugin")?.["plugin"], "teller");
  assert.equal(byText.get("from the handler")?.["task"], "speak");
});

test("without one it is made once, with the level of the configuration", () => {
  const app = new QueueTasks({ ...QUIET, logger: undefined, env: { QTASKS_LOG_LEVEL: "warn" } });
  assert.equal(app.logger.level, "warn");
  assert.equal(app.logger, app.logger);
  const other = new QueueTasks({ ...QUIET, logger: undefined });
  assert.notEqual(other.logger, app.logger);
});

test("one that has pino's methods will do, though it is none of pino's", async (t) => {
  const lines: string[] = [];
  const like = (names: readonly string[]): object => {
    const say =
      (level: string) =>
      (_: object, text = "") =>
        void lines.push([level, ...names, text].join(" "));
    const levels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];
    return {
      level: "info",
      ...Object.fromEntries(levels.map((level) => [level, say(level)])),
      child: (bindings: object) => like([...names, ...Object.keys(bindings)]),
    };
  };
  const app = memoryApp(t, { logger: like(["mine"]) as Logger });
  app.use({ name: "teller", start: ({ logger }) => logger.warn({ a: 1 }, "from the plugin") });
  const task = app.task("speak", (_: null, { logger }) => logger.error("from the handler"));
  await app.start();
  await task.run(null);
  await app.stop();
  for (const line of [
    "warn mine plugin from the plugin",
    "error mine workerId taskId task attempt from the handler",
    "info mine the server listens",
  ])
    assert.ok(lines.includes(line), lines.join("\n"));
});
