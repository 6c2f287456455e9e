import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { launchChromium } from "./chromium.ts";
import { assertNoLeaks } from "./leaks.ts";
import { startNode } from "./process.ts";
import { redisUrl, startRedis } from "./redis.ts";
import { tempFolder } from "./temp.ts";

const SUPPORT = JSON.stringify(import.meta.dirname);

describe("a process", () => {
  test("is waited for by whole lines, and tells its output and exit", async (t) => {
    const script = "process.stdout.write('port 1'); setTimeout(() => console.log('23'), 50)";
    const running = startNode(t, ["-e", `${script}; console.error('oops')`]);
    assert.equal((await running.waitForLine(/port (\d+)/))[1], "123");
    await running.waitForLine(/oops/);
    assert.deepEqual(await running.finished, {
      code: 0,
      signal: null,
      stdout: "port 123\n",
      stderr: "oops\n",
    });
  });

  test("that ends without the line is reported with its output, before and after", async (t) => {
    const running = startNode(t, ["-e", "console.log('no luck')"]);
    await assert.rejects(
      running.waitForLine(/ready/),
      /the process ended before \/ready\/:\nno luck/,
    );
    await assert.rejects(running.waitForLine(/ready/), /the process ended/);
  });

  test("gets signals", async (t) => {
    const running = startNode(t, ["-e", "setInterval(() => {}, 1000); console.log('up')"]);
    await running.waitForLine(/up/);
    running.kill("SIGKILL");
    assert.deepEqual(await running.exit, { code: null, signal: "SIGKILL" });
  });
});

test("a test process that is killed leaves no Redis and no folder behind", async (t) => {
  const script = `
    const { startRedis } = await import(${SUPPORT} + "/redis.ts");
    const { port, dir } = await startRedis();
    console.log("redis", port, dir);
    setInterval(() => {}, 1000);
  `;
  const running = startNode(t, ["--input-type=module", "-e", script]);
  const [, port, dir = ""] = await running.waitForLine(/redis (\d+) (.*)/, 300_000);
  assert.equal((await accepts(Number(port))) && existsSync(dir), true);
  running.kill("SIGKILL");
  const deadlineAt = performance.now() + 10_000;
  while ((await accepts(Number(port))) || existsSync(dir)) {
    assert.ok(performance.now() < deadlineAt, "10 s passed");
    await sleep(20);
  }
});

describe("redis", () => {
  test("is shared by the process and answers", async () => {
    const redis = new Redis(await redisUrl());
    assert.equal(await redis.ping(), "PONG");
    redis.disconnect();
    assert.equal(await redisUrl(), await redisUrl());
  });

  test("that appends keeps what it acknowledged over a kill", async () => {
    const first = await startRedis({ appendonly: true });
    const writer = new Redis(first.url);
    await writer.set("key", "value");
    writer.disconnect();
    await first.kill();
    const second = await startRedis({ appendonly: true, dir: first.dir, port: first.port });
    const reader = new Redis(second.url);
    assert.equal(await reader.get("key"), "value");
    reader.disconnect();
    await second.stop();
    await second.stop();
  });

  test("that can't start says why", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(address && typeof address === "object");
    await assert.rejects(startRedis({ port: address.port }), /Address already in use/);
    server.close();
  });
});

test("a browser opens a page", async (t) => {
  const browser = await launchChromium(t);
  const page = await browser.newPage();
  await page.setContent("<title>up</title>");
  assert.equal(await page.title(), "up");
});

describe("leaks", () => {
  test("are named", async () => {
    const server = createServer();
    const leaking = assertNoLeaks(async () => {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
    });
    await assert.rejects(leaking, /left open: 1 TCPServerWrap/);
    server.close();
  });

  test("are not what is closed, or was there before", async () => {
    const timer = setTimeout(() => undefined, 60_000);
    await assertNoLeaks(async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      server.close();
      await writeFile(join(tempFolder(), "file"), "text");
    });
    clearTimeout(timer);
  });
});

function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  }).finally(() => socket.destroy());
}
