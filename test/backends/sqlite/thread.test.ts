import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { create } from "@bufbuild/protobuf";
import { TaskFilterSchema } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { SqliteStorage } from "../../../src/backends/sqlite/sqlite-storage.ts";
import { makeRecord } from "../../../src/testing/contract/records.ts";
import { add } from "../../../src/testing/contract/scenes.ts";
import { freshFolder, openBroker, openStorage } from "./fresh.ts";

test("a process ends by itself, whether its storage was stopped or not", async (t) => {
  const folder = await freshFolder(t);
  const module = join(import.meta.dirname, "../../../src/backends/sqlite/sqlite-storage.ts");
  for (const last of ["await storage.stop()", "await storage.ping()"]) {
    const program = `
      import { SqliteStorage } from ${JSON.stringify(module)};
      const storage = new SqliteStorage({ path: ${JSON.stringify(join(folder, "a.db"))} });
      await storage.start();
      ${last};
      console.log("last line");`;
    const options = { timeout: 30_000 };
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], options);
    assert.equal(stdout, "last line\n");
  }
});

test("start and stop may be called twice, at once, and in any order", async (t) => {
  const storage = new SqliteStorage({ path: join(await freshFolder(t), "a.db") });
  await storage.stop();
  await Promise.all([storage.start(), storage.start()]);
  await storage.start();
  await add(storage, makeRecord());
  await Promise.all([storage.stop(), storage.stop()]);
  await storage.start();
  await storage.ping();
  const starting = storage.start();
  await storage.stop();
  await starting;
});

test("calls of one tick are one flush: all of them are written, or answered alone", async (t) => {
  const storage = await openStorage(t, { path: join(await freshFolder(t), "a.db") });
  const records = Array.from({ length: 500 }, () => makeRecord());
  await Promise.all(records.map((record) => add(storage, record)));
  const read = await storage.read({ ids: records.map((record) => record.id) });
  assert.ok(read.every((record) => record !== undefined));
});

test("a storage and a broker with nothing to do write nothing", async (t) => {
  const folder = await freshFolder(t);
  const storage = await openStorage(t, { path: join(folder, "a.db") });
  const broker = await openBroker(t, { path: join(folder, "b.db") });
  await add(storage, makeRecord({ dueAt: Date.now() + 60_000 }));
  const offers = [{ queue: "default", names: ["mail.send", "unknown"] }];
  const idle = async (): Promise<void> => {
    const filter = create(TaskFilterSchema);
    await storage.purge({ limit: 10 });
    await storage.overdue({ limit: 10 });
    await storage.count({ filter, maxExamined: 10 });
    await storage.queueStats({ queues: [] });
    await storage.documents.remove({ keys: [{ kind: "a", key: "b" }] });
    const lease = { sessionId: "s", workerId: "w", leaseMs: 1000, delivered: true };
    await storage.handOut({ offers, max: 10, maxBytes: 1000, nonce: "1".repeat(32), ...lease });
    await broker.take({ offers, max: 10, hold: "1".repeat(32), holdMs: 1000 });
    await broker.settle({ items: [] });
  };
  const files = ["a.db", "a.db-wal", "b.db", "b.db-wal"].map((file) => join(folder, file));
  const written = () => Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
  const before = await written();
  await idle();
  assert.deepEqual(await written(), before);
});
