import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { pino } from "pino";
import { loadApp, type QueueTasks } from "../../src/index.ts";
import { tempFolder } from "../support/temp.ts";

const INDEX = pathToFileURL(join(import.meta.dirname, "../../src/index.ts")).href;
const OPTIONS = { env: {}, configFile: false, logLevel: "silent", url: "memory:" } as const;
const APP_OPTIONS = '{ url: "memory:", slots: 3, graceMs: 3, env: {}, configFile: false }';

/** A file that exports what the code says, with QTasks imported. */
function fileWith(code: string): string {
  const path = join(tempFolder(), "handlers.ts");
  writeFileSync(path, `import { QueueTasks, Router } from ${JSON.stringify(INDEX)};\n${code}`);
  return path;
}

function namesOf(app: QueueTasks): string[] {
  const names: string[] = [];
  app.router.attach(({ name }) => names.push(name));
  return names.toSorted();
}

test("an app that is exported is taken, with the options laid over its own", async () => {
  const file = fileWith(`export default new QueueTasks(${APP_OPTIONS});`);
  const app = await loadApp([file], { ...OPTIONS, slots: 7, graceMs: undefined });
  assert.equal(app.config.values.slots, 7);
  assert.equal(app.config.values.graceMs, 3);
});

test("limits, a config file and a logger are laid over those of an app that is exported", async (t) => {
  const configFile = join(tempFolder(), "qtasks.json");
  writeFileSync(configFile, '{ "slots": 9, "queues": ["a"] }');
  const lines: string[] = [];
  const logger = pino({ level: "info" }, { write: (line) => void lines.push(line) });
  const over = { env: {}, configFile, logger, limits: { maxPayloadBytes: 10 } };
  const file = fileWith(`
    const logged = { name: "p", start: ({ logger }) => logger.info("a plugin's line") };
    export const app = new QueueTasks(${APP_OPTIONS}).use(logged);
    app.task("x", () => 1);`);
  const app = await loadApp([file], over);
  t.after(() => app.stop());
  const { slots, queues } = app.config.values;
  assert.deepEqual([slots, queues, app.logger], [3, ["a"], logger]);
  await app.start({ server: false });
  const enqueue = (await app.client()).enqueue("x", "over ten bytes");
  await assert.rejects(enqueue, { reason: "PAYLOAD_TOO_LARGE" });
  assert.ok(lines.some((line) => line.includes("a plugin's line")));
});

test("the logger of an app that is exported stays, and its own one has the level that is laid over", async () => {
  const own = pathToFileURL(join(import.meta.dirname, "memory-app.ts")).href;
  const logged = fileWith(`
    import { QUIET } from ${JSON.stringify(own)};
    export default new QueueTasks({ ...QUIET, url: "memory:" });`);
  const app = await loadApp([logged], { ...OPTIONS, logger: pino({ level: "warn" }) });
  assert.equal(app.logger.level, "silent");
  const plain = fileWith(`export default new QueueTasks(${APP_OPTIONS});`);
  assert.equal((await loadApp([plain], { ...OPTIONS, logLevel: "fatal" })).logger.level, "fatal");
});

test("routers of several files make one app; those within others come once", async () => {
  const one = fileWith(`
    export const inner = new Router({ prefix: "b." });
    inner.task("x", () => 1);
    export const outer = new Router({ prefix: "a." });
    outer.includeRouter(inner);
    export const version = 3;`);
  const two = fileWith(`const r = new Router(); r.task("y", () => 1); export default r;`);
  const three = fileWith(`
    export const app = new QueueTasks(${APP_OPTIONS});
    export const own = new Router();
    own.task("z", () => 1);
    app.includeRouter(own);
    export default app;`);
  assert.deepEqual(namesOf(await loadApp([one, two], OPTIONS)), ["a.b.x", "y"]);
  assert.deepEqual(namesOf(await loadApp([two, three], OPTIONS)), ["y", "z"]);
});

test("what can't be loaded is refused by the file's name", async () => {
  const faults: [string[], RegExp][] = [
    [["/does/not/exist.ts"], /^\/does\/not\/exist\.ts: Cannot find module/],
    [[fileWith("export const a = 1;")], /handlers\.ts exports neither an app nor a router/],
    [[fileWith('throw new Error("no luck");')], /handlers\.ts: no luck/],
    [
      [1, 2].map(() => fileWith(`export const app = new QueueTasks(${APP_OPTIONS});`)),
      /more than one app is exported, by .* and /,
    ],
  ];
  for (const [files, message] of faults)
    await assert.rejects(loadApp(files, OPTIONS), { reason: "CONFIG_INVALID", message });
});
