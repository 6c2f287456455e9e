/** SQLite backends over files of their own, for one test. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import {
  SqliteBroker,
  type SqliteBrokerOptions,
} from "../../../src/backends/sqlite/sqlite-broker.ts";
import {
  SqliteStorage,
  type SqliteStorageOptions,
} from "../../../src/backends/sqlite/sqlite-storage.ts";
import type { Fresh } from "../../../src/testing/contract/setup.ts";

/** A folder that is deleted after the test. */
export async function freshFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "qtasks-sqlite-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A started storage that is stopped after the test. */
export async function openStorage(
  t: TestContext,
  options: SqliteStorageOptions,
): Promise<SqliteStorage> {
  const storage = new SqliteStorage(options);
  t.after(() => storage.stop());
  await storage.start();
  return storage;
}

/** A started broker that is stopped after the test. */
export async function openBroker(
  t: TestContext,
  options: SqliteBrokerOptions,
): Promise<SqliteBroker> {
  const broker = new SqliteBroker(options);
  t.after(() => broker.stop());
  await broker.start();
  return broker;
}

interface Component {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** For the contract suites: a component over a file of its own. */
export async function overFreshFile<Subject extends Component>(
  make: (path: string) => Subject,
): Promise<Fresh<Subject>> {
  const folder = await mkdtemp(join(tmpdir(), "qtasks-sqlite-"));
  const opened: Subject[] = [];
  const open = async (): Promise<Subject> => {
    const component = make(join(folder, "file.db"));
    opened.push(component);
    await component.start();
    return component;
  };
  return {
    subject: await open(),
    reopen: open,
    close: async () => {
      for (const component of opened) await component.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
