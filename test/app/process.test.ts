import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { connect } from "../../src/index.ts";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { startNode, type RunningProcess } from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";

const INDEX = pathToFileURL(join(import.meta.dirname, "../../src/index.ts")).href;

/** A program that runs an app for ever, as a user would write it. */
async function startApp(t: TestContext, options: Record<string, unknown>): Promise<RunningProcess> {
  const path = join(tempFolder(), "program.ts");
  writeFileSync(
    path,
    `import { QueueTasks } from ${JSON.stringify(INDEX)};
    const app = new QueueTasks(${JSON.stringify({ http: false, configFile: false, ...options })});
    app.task("slow", async (ms: number) => {
      console.log("begun");
      await new Promise((resolve) => setTimeout(resolve, ms));
      return "finished";
    });
    app.task("stuck", () => {
      console.log("begun");
      return new Promise<void>(() => {});
    });
    app.task("leave", () => void app.stop());
    await app.runForever();
    console.log("ended");`,
  );
  const running = startNode(t, [path]);
  return running;
}

async function addressOf(running: RunningProcess): Promise<string> {
  const [, address] = await running.waitForLine(/"grpc":"([^"]+)".*the server listens/);
  return address!;
}

test("SIGTERM: what runs finishes within the grace, and the process exits with 0", async (t) => {
  const url = `sqlite:${join(tempFolder(), "tasks.db")}`;
  const running = await startApp(t, { url, grpc: "127.0.0.1:0" });
  const client = connect({ address: await addressOf(running) });
  t.after(() => client.close());
  const handle = await client.enqueue("slow", 300);
  await running.waitForLine(/^begun$/);
  const result = handle.result({ timeoutMs: 10_000 });
  running.kill("SIGTERM");
  assert.equal(await result, "finished");
  assert.deepEqual(await running.exit, { code: 0, signal: null });
  assert.match(running.stdout, /^ended$/m);
});

test("SIGTERM: what outlasts the grace is released uncounted, and runs after the next start", async (t) => {
  const options = { url: `sqlite:${join(tempFolder(), "tasks.db")}`, grpc: "127.0.0.1:0" };
  const first = await startApp(t, { ...options, graceMs: 100 });
  const client = connect({ address: await addressOf(first) });
  const { id } = await client.enqueue("stuck");
  await first.waitForLine(/^begun$/);
  client.close();
  first.kill("SIGTERM");
  assert.deepEqual(await first.exit, { code: 0, signal: null });
  const second = await startApp(t, { ...options, graceMs: 100 });
  const again = connect({ address: await addressOf(second) });
  t.after(() => again.close());
  await second.waitForLine(/^begun$/);
  const task = await again.get(id);
  assert.equal(task.state, TaskState.RUNNING);
  assert.equal(task.attemptCount, 1);
  assert.equal(task.lostLeaseCount, 0);
  second.kill("SIGTERM");
  assert.equal((await second.exit).code, 0);
});

test("a program that stops its app by itself comes to its end", async (t) => {
  const running = await startApp(t, { url: "memory:", grpc: "127.0.0.1:0" });
  const client = connect({ address: await addressOf(running) });
  t.after(() => client.close());
  await client.enqueue("leave");
  assert.deepEqual(await running.exit, { code: 0, signal: null });
  assert.match(running.stdout, /^ended$/m);
});

test("a worker whose server is away ends at SIGTERM as well", async (t) => {
  const running = await startApp(t, { server: "127.0.0.1:1" });
  await running.waitForLine(/could not register/);
  running.kill("SIGTERM");
  assert.deepEqual(await running.exit, { code: 0, signal: null });
});
