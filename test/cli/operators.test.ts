import assert from "node:assert/strict";
import { test } from "node:test";

import { jsonLines, setup } from "./setup.ts";

test("queues shows all pages, or one queue", async (t) => {
  const { run } = await setup(t);
  const all = await run(["queues"]);
  assert.match(all.stdout, /^QUEUE .*PENDING/);
  assert.match(all.stdout, /\ndefault .*\nmail /);
  const one = await run(["queues", "mail", "--output", "json"]);
  assert.deepEqual(
    jsonLines(one.stdout).map(({ name }) => name),
    ["mail"],
  );
  const none = await run(["queues", "nobody"]);
  assert.equal(none.code, 3);
  assert.match(none.stderr, /QUEUE_NOT_FOUND/);
});

test("pause and resume", async (t) => {
  const { run, paused } = await setup(t);
  assert.match((await run(["pause", "mail"])).stdout, /mail +paused/);
  assert.deepEqual([...paused], ["mail"]);
  assert.doesNotMatch((await run(["resume", "mail"])).stdout, /paused/);
  assert.deepEqual([...paused], []);
});

test("workers and drain", async (t) => {
  const { run, drained } = await setup(t);
  assert.match((await run(["workers"])).stdout, /s1 +host-1 +active +3\/10/);
  const { stdout } = await run(["drain", "s1", "--reason", "deploy"]);
  assert.match(stdout, /s1 .*draining/);
  assert.deepEqual(drained, ["s1 deploy"]);
});

test("tasks shows the definitions", async (t) => {
  const { run } = await setup(t);
  assert.match((await run(["tasks"])).stdout, /mail\.send +mail +2/);
});
