/** The broker of the guide: how long it is, that it is one, and that it carries the example. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Broker } from "../../src/broker/broker.ts";
import { brokerContract } from "../../src/testing/index.ts";
import { startNode } from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";
import { blocksOf } from "./blocks.ts";
import { planOf } from "./plan.ts";
import { makeFolder, makeProject, ROOT } from "./project.ts";

const GUIDE = "docs/guides/writing-a-broker.md";
const NAME = "file-broker.ts";

const folder = makeFolder(makeProject(), GUIDE);
const code = codeOfGuide();
writeFileSync(join(folder, NAME), code);
const { FileBroker } = (await import(pathToFileURL(join(folder, NAME)).href)) as {
  readonly FileBroker: new (path: string) => Broker;
};

test("the broker of the guide has less than 150 lines, none of them folded", () => {
  const lines = code.trimEnd().split("\n");
  assert.ok(lines.length < 150, `${lines.length} lines`);
  assert.ok(Math.max(...lines.map((line) => line.length)) <= 100);
});

brokerContract("of the guide", async () => {
  const path = join(tempFolder(), "broker.log");
  const opened: Broker[] = [];
  const open = async (): Promise<Broker> => {
    const broker = new FileBroker(path);
    opened.push(broker);
    await broker.start();
    return broker;
  };
  const close = async (): Promise<void> => {
    for (const broker of opened) await broker.stop();
  };
  return { subject: await open(), reopen: open, close };
});

test("what it was given outlives it, save what was settled and what a crash has cut off", async (t) => {
  const path = join(tempFolder(), "broker.log");
  const first = new FileBroker(path);
  await first.start();
  const messages = ["a", "b", "c"].map((taskId, at) => messageOf(taskId, at));
  await first.publish({ messages });
  const offers = [{ queue: "default", names: ["greet"] }];
  const take = { offers, max: 1, hold: "1".repeat(32), holdMs: 60_000 };
  const [taken] = (await first.take(take)).messages;
  await first.settle({ items: [{ taskId: taken!.taskId, generation: 1, hold: take.hold }] });
  const epoch = await first.epoch();
  await first.stop();
  writeFileSync(path, `${readFileSync(path, "utf8")}\n{"message":{"taskId":"d"`);
  const second = new FileBroker(path);
  await second.start();
  t.after(() => second.stop());
  const left = await second.take({ ...take, max: 10, hold: "2".repeat(32) });
  assert.deepEqual(
    left.messages.map(({ taskId }) => taskId),
    ["b", "c"],
  );
  assert.equal(await second.epoch(), epoch);
});

test("with it and SQLite the example digests every file of a folder", async (t) => {
  const program = join(folder, "example.ts");
  writeFileSync(
    program,
    `import { app } from ${JSON.stringify(join(ROOT, "examples/files/handlers.ts"))};
    import { FileBroker } from "./${NAME}";
    app.configure({
      storage: "sqlite:./tasks.db",
      grpc: "127.0.0.1:0",
      http: false,
      components: { broker: () => new FileBroker("./broker.log") },
    });
    await app.runForever();`,
  );
  const running = startNode(t, [program], { cwd: folder });
  const [, address] = await running.waitForLine(/"grpc":"([^"]+)".*the server listens/);
  const example = join(ROOT, "examples/files/run.ts");
  const args = [example, join(ROOT, "src"), "--server", address!, "--output", "json"];
  const { code: exit, stdout, stderr } = await startNode(t, args).finished;
  assert.equal(exit, 0, stderr);
  const { report, failures } = JSON.parse(stdout) as {
    readonly report: { readonly files: number };
    readonly failures: readonly unknown[];
  };
  assert.ok(report.files > 300, `${report.files} files`);
  assert.deepEqual(failures, []);
  running.kill("SIGTERM");
  assert.equal((await running.exit).code, 0);
  const carried = readFileSync(join(folder, "broker.log"), "utf8").match(/"taskId":"[^"]+"/g);
  assert.ok(new Set(carried).size > report.files, "the broker has carried no tasks of the files");
});

function codeOfGuide(): string {
  const blocks = blocksOf(GUIDE, readFileSync(join(ROOT, GUIDE), "utf8"));
  const found = blocks.find((block) => planOf(block).file === NAME);
  assert.ok(found, `${GUIDE} has no ${NAME}`);
  return found.code;
}

function messageOf(taskId: string, orderAt: number) {
  const due = { queue: "default", name: "greet", priority: 0, delayMs: 0 };
  return { taskId, generation: 1, orderAt, ...due };
}
