import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { QTasksError, TaskState, type TaskClient } from "../../src/client/index.ts";
import { startNode, type RunningProcess } from "../support/process.ts";
import { startRedis, type RedisServer } from "../support/redis.ts";
import { tempFolder } from "../support/temp.ts";
import { BACKENDS, clientOf, ROOT, startServe, type Serve, type ServeOptions } from "./serve.ts";

const EXAMPLE = join(ROOT, "examples/files");
// Some thousands of files, small and large.
const FOLDER = join(ROOT, "node_modules");
const KILLS = 2;
const POLL_MS = 20;

describe("after kill -9 during the example every file gets its one result", () => {
  test("the server, on SQLite", async (t) => {
    const scene = await startScene(t, await BACKENDS["sqlite"]!());
    for (let kill = 1; kill <= KILLS; kill++) {
      await untilEnded(scene.client, kill / (KILLS + 1));
      await restartServer(t, scene);
    }
    await everyFileHasItsResult(scene);
  });

  test("the server, on Redis", async (t) => {
    const redis = await startRedis({ appendonly: true });
    t.after(() => redis.kill());
    const scene = await startScene(t, redis.url);
    for (let kill = 1; kill <= KILLS; kill++) {
      await untilEnded(scene.client, kill / (KILLS + 1));
      await restartServer(t, scene);
    }
    await everyFileHasItsResult(scene);
  });

  test("Redis itself, restarted on its append-only file", async (t) => {
    let redis: RedisServer = await startRedis({ appendonly: true });
    t.after(() => redis.kill());
    const scene = await startScene(t, redis.url);
    for (let kill = 1; kill <= KILLS; kill++) {
      await untilEnded(scene.client, kill / (KILLS + 1));
      await redis.kill();
      redis = await startRedis({ appendonly: true, dir: redis.dir, port: redis.port });
    }
    await everyFileHasItsResult(scene);
  });
});

interface Scene {
  readonly options: ServeOptions;
  server: Serve;
  readonly client: TaskClient;
  /** The example's client program. */
  readonly run: RunningProcess;
  readonly sums: string;
}

async function startScene(t: TestContext, url: string): Promise<Scene> {
  const grpc = `127.0.0.1:${await freePort()}`;
  const options = { url, grpc, app: [join(EXAMPLE, "handlers.ts")] };
  const server = await startServe(t, options);
  const sums = join(tempFolder(), "sums.txt");
  const args = [FOLDER, "--server", grpc, "--sums", sums, "--output", "json"];
  const run = startNode(t, [join(EXAMPLE, "run.ts"), ...args]);
  return { options, server, client: clientOf(t, { grpc }), run, sums };
}

/** The port must stay the same over restarts. */
async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, "close");
  return port;
}

async function restartServer(t: TestContext, scene: Scene): Promise<void> {
  scene.server.process.kill("SIGKILL");
  await scene.server.process.exit;
  scene.server = await startServe(t, scene.options);
}

/** Waits until this share of the files has its result, so that the kill comes in the midst of the work. */
async function untilEnded(client: TaskClient, share: number): Promise<void> {
  const files = (await filesOf(FOLDER)).length;
  for (;;) {
    if ((await succeeded(client)) >= files * share) return;
    await sleep(POLL_MS);
  }
}

/** None while the server or its Redis is away. Of all tasks: with a filter, ten thousand are counted at most. */
async function succeeded(client: TaskClient): Promise<number> {
  try {
    const { states } = await client.count();
    return Number(states.find(({ state }) => state === TaskState.SUCCEEDED)?.count ?? 0n);
  } catch (error) {
    if (error instanceof QTasksError && error.code === "UNAVAILABLE") return 0;
    throw error;
  }
}

async function everyFileHasItsResult({ run, sums, client }: Scene): Promise<void> {
  const { code, stdout, stderr } = await run.finished;
  assert.equal(code, 0, stderr);
  const files = await filesOf(FOLDER);
  const summary = JSON.parse(stdout) as { report: { files: number; failed: number } };
  assert.equal(summary.report.files, files.length);
  assert.equal(summary.report.failed, 0);
  const { count, states } = await client.count();
  // One for each file, and the report.
  assert.equal(count, BigInt(files.length + 1));
  assert.deepEqual(
    states.map(({ state }) => state),
    [TaskState.SUCCEEDED],
  );
  const lines = (await readFile(sums, "utf8")).split("\n").filter((line) => line !== "");
  assert.deepEqual(lines.toSorted(), (await sha256sum(files)).toSorted());
}

/** Paths of the regular files, by find. */
async function filesOf(folder: string): Promise<string[]> {
  const { stdout } = await run("find", [folder, "-type", "f", "-printf", "%P\\n"], {
    maxBuffer: 64 << 20,
  });
  return stdout.split("\n").filter((line) => line !== "");
}

async function sha256sum(files: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  for (let from = 0; from < files.length; from += 500) {
    const some = files.slice(from, from + 500);
    const { stdout } = await run("sha256sum", ["--", ...some], { cwd: FOLDER, maxBuffer: 8 << 20 });
    lines.push(...stdout.split("\n").filter((line) => line !== ""));
  }
  return lines;
}

const run = promisify(execFile);
