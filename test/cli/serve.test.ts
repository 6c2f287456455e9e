import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { runCli, startCli, type Finished, type RunningProcess } from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";
import { jsonLines } from "./setup.ts";

const HANDLERS = join(import.meta.dirname, "handlers.ts");

/** A server of the command line, on free ports, and commands for it. */
async function serve(t: TestContext, ...args: string[]) {
  const ports = ["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"];
  const server = startCli(t, ["serve", "--url", "memory:", ...ports, ...args], {
    env: { NO_COLOR: "1", QTASKS_SERVER: "127.0.0.1:1" },
    cwd: tempFolder(),
  });
  const address = await addressOf(server);
  const run = (command: readonly string[], input?: string): Promise<Finished> =>
    runCli(t, [...command, "--server", address], input === undefined ? {} : { input });
  return { server, address, run };
}

async function addressOf(server: RunningProcess): Promise<string> {
  const [, address = ""] = await server.waitForLine(/gRPC on (\S+:\d+), HTTP on \S+:\d+/);
  return address;
}

test("serve runs the handlers of files", async (t) => {
  const { server, run } = await serve(t, "--app", HANDLERS, "--slots", "3");
  const sum = await run(["run", "math.add", '{"x":1,"y":2}']);
  assert.deepEqual([sum.code, sum.stdout], [0, "3\n"]);
  const failed = await run(["run", "fail"]);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /fail \S+ FAILED: .*as it was told\nnext: see its attempts with/);
  assert.match((await run(["workers"])).stdout, /active +\d\/3/);
  assert.match((await run(["tasks"])).stdout, /\nmath\.add .*1/);
  server.kill("SIGTERM");
  assert.deepEqual(await server.exit, { code: 0, signal: null });
});

test("worker runs handlers for a server elsewhere", async (t) => {
  const { address, run } = await serve(t);
  const worker = startCli(t, ["worker", "--server", address, "--app", HANDLERS], {
    cwd: tempFolder(),
  });
  const unknown = await run(["enqueue", "nobody.knows", "1"]);
  assert.equal(unknown.code, 3);
  let result = await run(["run", "math.add", '{"x":20,"y":22}']);
  // The worker may still be starting: until it has registered, no task of this name is defined.
  while (result.code === 3) result = await run(["run", "math.add", '{"x":20,"y":22}']);
  assert.deepEqual([result.code, result.stdout], [0, "42\n"]);
  worker.kill("SIGTERM");
  assert.deepEqual(await worker.exit, { code: 0, signal: null });
});

test("an operator drains a worker, and its process ends", async (t) => {
  const { address, run } = await serve(t);
  const worker = startCli(t, ["worker", "--server", address, "--app", HANDLERS], {
    cwd: tempFolder(),
  });
  let workers: Record<string, unknown>[] = [];
  while (workers.length === 0)
    workers = jsonLines((await run(["workers", "--output", "json"])).stdout);
  const drained = await run(["drain", String(workers[0]?.["sessionId"])]);
  assert.match(drained.stdout, /draining/);
  assert.deepEqual(await worker.exit, { code: 0, signal: null });
});

test("a task's life by the command line alone", async (t) => {
  const { run } = await serve(t, "--app", HANDLERS);
  const id = (await run(["enqueue", "hold"])).stdout.trim();
  const early = await run(["await", id, "--timeout", "50ms"]);
  assert.equal(early.code, 5);
  assert.match(early.stderr, new RegExp(`next: wait for it again with .qtasks await ${id}`));
  assert.match((await run(["cancel", id, "--reason", "enough"])).stdout, /CANCELING/);
  assert.equal((await run(["await", id])).code, 1);
  const task = jsonLines((await run(["get", id, "--output", "json"])).stdout)[0];
  assert.deepEqual([task?.["state"], task?.["cancelReason"]], ["TASK_STATE_CANCELED", "enough"]);

  const later = (
    await run(["enqueue", "math.add", '{"x":1,"y":1}', "--delay", "1h"])
  ).stdout.trim();
  assert.match((await run(["list", "--state", "scheduled"])).stdout, new RegExp(later));
  assert.equal((await run(["reschedule", later, "--delay", "0"])).code, 0);
  assert.equal((await run(["await", later])).stdout, "2\n");
});

test("many tasks by lines, counted, canceled and retried by filter", async (t) => {
  const { run } = await serve(t, "--app", HANDLERS);
  const lines = Array.from({ length: 300 }, (_, n) => `{"x":${n},"y":1}`).join("\n");
  const enqueue = ["enqueue", "math.add", "--delay", "1h", "--label", "batch=7", "--each-line"];
  const enqueued = await run(enqueue, lines);
  assert.equal(enqueued.stdout.trim().split("\n").length, 300);
  const count = await run(["count", "--label", "batch=7", "--output", "json"]);
  assert.equal(jsonLines(count.stdout)[0]?.["count"], "300");
  const canceled = await run(["cancel", "--label", "batch=7", "--yes", "--output", "json"]);
  assert.equal(jsonLines(canceled.stdout)[0]?.["canceledCount"], 300);
  const retried = await run(["retry", "--label", "batch=7", "--state", "canceled", "--yes"]);
  assert.equal(retried.stdout, "300 tasks retried\n");
});

test("outputs of a streaming handler", async (t) => {
  const { run } = await serve(t, "--app", HANDLERS);
  const id = (await run(["enqueue", "count.to", "3"])).stdout.trim();
  const events = await run(["events", id, "--follow", "--output", "json"]);
  const outputs = jsonLines(events.stdout).map(({ output }) => (output as { text: string }).text);
  assert.deepEqual(outputs, ["1", "2", "3"]);
});

test("pausing a queue holds its tasks back", async (t) => {
  const { run } = await serve(t, "--app", HANDLERS);
  assert.match((await run(["pause", "default"])).stdout, /default +paused/);
  const id = (await run(["enqueue", "math.add", '{"x":1,"y":1}'])).stdout.trim();
  assert.equal((await run(["await", id, "--timeout", "200ms"])).code, 5);
  await run(["resume", "default"]);
  assert.equal((await run(["await", id])).stdout, "2\n");
});

test("a token is asked for, and given by the environment", async (t) => {
  const { address, run } = await serve(t, "--token", "secret");
  const without = await run(["list"]);
  assert.equal(without.code, 1);
  assert.match(without.stderr, /TOKEN_INVALID.*\nnext: give the server's token by --token/);
  const env = { QTASKS_TOKEN: "secret", QTASKS_SERVER: address };
  assert.equal((await runCli(t, ["list"], { env })).code, 0);
});

test("a port that is taken is said so", async (t) => {
  const { address } = await serve(t);
  const args = ["serve", "--url", "memory:", "--grpc", address, "--http", "false"];
  const second = await runCli(t, args, { cwd: tempFolder() });
  assert.equal(second.code, 2);
  assert.match(second.stderr, new RegExp(`CONFIG_INVALID: .*${address}`));
});

test("config shows where each value comes from, and no secret", async (t) => {
  const env = { QTASKS_TOKEN: "secret", QTASKS_SLOTS: "7", NO_COLOR: "1" };
  const { stdout } = await runCli(t, ["config"], { env, cwd: tempFolder() });
  assert.match(stdout, /\nslots +7 +QTASKS_SLOTS +QTASKS_SLOTS\n/);
  assert.match(stdout, /\ntoken +\*\*\* +QTASKS_TOKEN +/);
  const json = await runCli(t, ["config", "--output", "json"], { env, cwd: tempFolder() });
  const slots = jsonLines(json.stdout).find(({ name }) => name === "slots");
  const variable = "QTASKS_SLOTS";
  assert.deepEqual(slots, { name: "slots", value: 7, source: "env", from: variable, variable });
});

test("config takes the options of the other commands, and those that an app sets itself", async (t) => {
  const cwd = tempFolder();
  await writeFile(join(cwd, "some.json"), '{"buildId": "b1"}');
  await writeFile(
    join(cwd, "app.mjs"),
    `import { QueueTasks } from "${join(import.meta.dirname, "../../src/index.ts")}";
     export const app = new QueueTasks({ url: "memory:", slots: 3, queues: ["a"] });`,
  );
  const args = ["config", "--json", "--app", "app.mjs", "--config", "some.json", "--slots", "4"];
  const { stdout, stderr } = await runCli(t, args, { cwd });
  assert.equal(stderr, "");
  const rows = new Map(jsonLines(stdout).map((row) => [row["name"], row]));
  const shown = ["slots", "queues", "buildId", "graceMs"].map((name) => {
    const { value, from } = rows.get(name)!;
    return [value, from];
  });
  assert.deepEqual(shown, [
    [4, "argument"],
    [["a"], "argument"],
    ["b1", "some.json"],
    [25_000, "default"],
  ]);
});

test("config names all faults at once, and warns of variables that nothing reads", async (t) => {
  const cwd = tempFolder();
  await writeFile(join(cwd, "qtasks.config.json"), '{"slots": 0, "tokn": "hush"}');
  const faulty = await runCli(t, ["config"], { cwd, env: { QTASKS_TLS: "perhaps" } });
  assert.deepEqual([faulty.code, faulty.stdout], [2, ""]);
  assert.match(faulty.stderr, /CONFIG_INVALID: 3 faults in the configuration\n  QTASKS_TLS: /);
  assert.match(faulty.stderr, /\n  slots \(in qtasks\.config\.json\): expected .*; got 0\n  tokn /);
  assert.ok(!faulty.stderr.includes("hush"));
  const env = { QTASKS_SLOT: "1" };
  const { code, stdout, stderr } = await runCli(t, ["config", "--json"], {
    cwd: tempFolder(),
    env,
  });
  assert.deepEqual([code, jsonLines(stdout)[0]!["name"]], [0, "url"]);
  assert.match(stderr, /^warning: QTASKS_SLOT is no variable .*; did you mean QTASKS_SLOTS\?\n$/);
});
