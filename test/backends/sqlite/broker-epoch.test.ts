import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { freshFolder, openBroker } from "./fresh.ts";

test("a broker that was stopped in order keeps its epoch and its ties", async (t) => {
  const path = join(await freshFolder(t), "broker.db");
  const first = await openBroker(t, { path });
  const [epoch, { brokerId }] = [await first.epoch(), first];
  await first.bind({ keyspaceId: "one" });
  await first.stop();
  const second = await openBroker(t, { path });
  assert.equal(await second.epoch(), epoch);
  assert.equal(second.brokerId, brokerId);
  assert.deepEqual(await second.bind({ keyspaceId: "two" }), { keyspaceId: "one" });
});

test("a broker that was not stopped in order has a new epoch: its last messages may be gone", async (t) => {
  const folder = await freshFolder(t);
  const path = join(folder, "broker.db");
  const first = await openBroker(t, { path });
  await first.bind({ keyspaceId: "one" });
  const epoch = await first.epoch();
  // What a power failure would leave, taken by another process: it must not touch this one's locks.
  for (const suffix of ["", "-wal"])
    await promisify(execFile)("cp", [path + suffix, join(folder, `left.db${suffix}`)]);
  const left = await openBroker(t, { path: join(folder, "left.db") });
  assert.notEqual(await left.epoch(), epoch);
  assert.deepEqual(await left.bind({ keyspaceId: "two" }), { keyspaceId: "one" });
});
