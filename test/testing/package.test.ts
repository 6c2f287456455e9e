/** The package as it is built and installed: what `qtasks/testing` gives to a project of somebody else. */
import assert from "node:assert/strict";
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { startNode } from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";

const ROOT = join(import.meta.dirname, "../..");

const THEIR_TEST = `
import assert from "node:assert/strict";
import { test } from "node:test";
import { QueueTasks, Router } from "qtasks";
import { brokerContract, FaultPlan, faulty, MemoryBroker, testApp } from "qtasks/testing";

brokerContract("theirs", async () => {
  const broker = faulty(new MemoryBroker(), new FaultPlan());
  await broker.start();
  return { subject: broker, close: () => broker.stop() };
});

test("a task of theirs", async (t) => {
  const router = new Router({ prefix: "math." });
  const add = router.task("add", ({ x, y }: { x: number; y: number }) => x + y);
  const app = new QueueTasks({ logLevel: "silent" });
  app.includeRouter(router);
  const kit = await testApp({ app });
  t.after(() => kit.stop());
  const handle = await add.enqueue({ x: 1, y: 2 }, { delayMs: 60_000 });
  await kit.clock.advance(60_000);
  const sum: number = await handle.result();
  // @ts-expect-error -- types come through the package: x is a number
  const wrong = (): unknown => add.enqueue({ x: "1", y: 2 });
  assert.equal(typeof wrong, "function");
  assert.equal(sum, 3);
  assert.deepEqual((await kit.enqueued(add)).map(({ input }) => input.x), [1]);
});
`;

const TSCONFIG = {
  compilerOptions: {
    module: "NodeNext",
    target: "ES2024",
    lib: ["ES2024", "ESNext.Disposable"],
    types: ["node"],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  },
};

/** A project with the package in its node_modules, built from this checkout. */
async function project(t: TestContext): Promise<string> {
  const folder = tempFolder();
  const [modules, own] = [join(folder, "node_modules"), join(folder, "qtasks")];
  await mkdir(join(modules, "@types"), { recursive: true });
  await mkdir(own);
  await cp(join(ROOT, "package.json"), join(own, "package.json"));
  await symlink(join(ROOT, "node_modules"), join(own, "node_modules"));
  await symlink(own, join(modules, "qtasks"));
  await symlink(join(ROOT, "node_modules/@types/node"), join(modules, "@types/node"));
  await symlink(join(ROOT, "node_modules/undici-types"), join(modules, "undici-types"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
  await writeFile(join(folder, "theirs.test.ts"), THEIR_TEST);
  await run(t, [join(ROOT, "scripts/build.ts"), join(own, "dist")], ROOT);
  return folder;
}

async function run(t: TestContext, args: readonly string[], cwd: string): Promise<string> {
  const env = { NODE_TEST_CONTEXT: "" };
  const { code, stdout, stderr } = await startNode(t, args, { cwd, env }).finished;
  assert.equal(code, 0, `${args.join(" ")}:\n${stdout}${stderr}`);
  return stdout;
}

test("a project's tests run with it, and their types are checked against it", async (t) => {
  const folder = await project(t);
  const stdout = await run(t, ["--test-reporter=tap", "theirs.test.ts"], folder);
  assert.match(stdout, /^ok \d+ - a task of theirs$/m);
  assert.match(stdout, /^# fail 0$/m);
  await run(t, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", "."], folder);
});
