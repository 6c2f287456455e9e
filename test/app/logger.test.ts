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
