import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test, type TestContext } from "node:test";
import { SqliteBroker } from "../../../src/backends/sqlite/sqlite-broker.ts";
import { SqliteStorage } from "../../../src/backends/sqlite/sqlite-storage.ts";
import { QTasksError, type Reason } from "../../../src/core/errors.ts";
import { makeRecord } from "../../../src/testing/contract/records.ts";
import { add } from "../../../src/testing/contract/scenes.ts";
import { freshFolder, openBroker, openStorage } from "./fresh.ts";

/** Fails unless the start is refused for that reason, in a message with all of these. */
async function assertRefused(
  component: { start(): Promise<void>; stop(): Promise<void> },
  reason: Reason,
  ...words: readonly string[]
): Promise<void> {
  await assert.rejects(component.start(), (error: unknown) => {
    assert.ok(error instanceof QTasksError);
    assert.equal(error.reason, reason, error.message);
    for (const word of words) assert.ok(error.message.includes(word), error.message);
    return true;
  });
  await component.stop();
}

async function openInChild(t: TestContext, path: string): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, "child.ts"), ["open", path]);
  t.after(() => child.kill("SIGKILL"));
  const [message] = (await once(child, "message")) as [unknown];
  assert.equal(message, "opened");
  return child;
}

test("a second storage in this process is refused, and the first goes on", async (t) => {
  const path = join(await freshFolder(t), "a.db");
  const first = await openStorage(t, { path });
  await assertRefused(new SqliteStorage({ path }), "BACKEND_LOCKED", path, "in use", "stop");
  await add(first, makeRecord());
});

test("a symbolic link to the file is no way around the lock", async (t) => {
  const folder = await freshFolder(t);
  await openStorage(t, { path: join(folder, "a.db") });
  await symlink(join(folder, "a.db"), join(folder, "b.db"));
  await assertRefused(new SqliteStorage({ path: join(folder, "b.db") }), "BACKEND_LOCKED", "b.db");
});

test("a file that another process has is refused, and free once that is killed", async (t) => {
  const path = join(await freshFolder(t), "a.db");
  const child = await openInChild(t, path);
  await assertRefused(new SqliteStorage({ path }), "BACKEND_LOCKED", path);
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
  await add(await openStorage(t, { path }), makeRecord());
});

test("a server that waits for one that is just stopping gets the file", async (t) => {
  const path = join(await freshFolder(t), "a.db");
  const first = await openStorage(t, { path });
  const second = new SqliteStorage({ path });
  t.after(() => second.stop());
  const started = second.start();
  await first.stop();
  await started;
});

test("of several that start at once one gets the file", async (t) => {
  const path = join(await freshFolder(t), "a.db");
  const storages = Array.from({ length: 4 }, () => new SqliteStorage({ path }));
  t.after(() => Promise.all(storages.map((storage) => storage.stop())));
  const starts = await Promise.allSettled(storages.map((storage) => storage.start()));
  assert.equal(starts.filter((start) => start.status === "fulfilled").length, 1);
});

test("a broker's file is locked as well, and is no storage's", async (t) => {
  const path = join(await freshFolder(t), "broker.db");
  const broker = await openBroker(t, { path });
  await assertRefused(new SqliteBroker({ path }), "BACKEND_LOCKED", path);
  await broker.stop();
  await assertRefused(new SqliteStorage({ path }), "CONFIG_INVALID", path, "no QTasks storage");
  await assertRefused(
    new SqliteBroker({ path: join(path, "..", "none", "b.db") }),
    "CONFIG_INVALID",
    "no folder",
  );
});

test("a path that can't be a file's is refused by name", async (t) => {
  const folder = await freshFolder(t);
  const missing = join(folder, "none", "a.db");
  await assertRefused(new SqliteStorage({ path: missing }), "CONFIG_INVALID", missing, "no folder");
  await mkdir(join(folder, "folder.db"));
  const path = join(folder, "folder.db");
  await assertRefused(new SqliteStorage({ path }), "CONFIG_INVALID", path, "it is a folder");
  const forbidden = "/proc/qtasks.db";
  await assertRefused(new SqliteStorage({ path: forbidden }), "CONFIG_INVALID", forbidden);
});

test("a file of somebody else's is refused and stays as it is", async (t) => {
  const folder = await freshFolder(t);
  const text = join(folder, "notes.txt");
  await writeFile(text, "these are notes, and far too few to be a database".repeat(40));
  await assertRefused(new SqliteStorage({ path: text }), "CONFIG_INVALID", text, "no SQLite");
  const path = join(folder, "theirs.db");
  const theirs = new DatabaseSync(path);
  theirs.exec("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
  theirs.close();
  await assertRefused(new SqliteStorage({ path }), "CONFIG_INVALID", path, "no QTasks storage");
  const again = new DatabaseSync(path);
  t.after(() => again.close());
  assert.deepEqual({ ...again.prepare("PRAGMA journal_mode").get() }, { journal_mode: "delete" });
});

test("a schema of a newer version is refused", async (t) => {
  const path = join(await freshFolder(t), "a.db");
  await (await openStorage(t, { path })).stop();
  const file = new DatabaseSync(path);
  file.exec("PRAGMA user_version = 99");
  file.close();
  await assertRefused(new SqliteStorage({ path }), "CONFIG_INVALID", path, "99", "another version");
});

test("names with spaces, hashes, question and percent signs are files of those names", async (t) => {
  const path = join(await freshFolder(t), "a b#c?d%20e.db");
  const storage = await openStorage(t, { path });
  const { keyspaceId } = storage;
  await storage.stop();
  assert.equal((await openStorage(t, { path })).keyspaceId, keyspaceId);
  assert.ok(new DatabaseSync(path, { readOnly: true }).isOpen);
});
