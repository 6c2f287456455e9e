/**
 * Opens a file: takes it for this process alone, checks that it is ours, and makes the schema.
 *
 * The lock is SQLite's own exclusive locking mode on the file itself. The kernel drops it with the process, so
 * nothing is left behind by a kill, and there is no lock file to delete or to go stale. The price is that nothing
 * else reads the file while a server has it; reads share the one connection, where they are short (a list reads a
 * bounded number of records) and see what is committed. As with all POSIX locks, a process that opens and closes
 * its own file by other means than SQLite drops them: don't.
 */
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { DatabaseSync } from "node:sqlite";
import { QTasksError, type Reason } from "../../core/errors.ts";
import { isLocked, isNotADatabase, isReadOnly } from "./faults.ts";

export interface FileKind {
  /** For messages, such as "storage". */
  readonly what: string;
  /** PRAGMA application_id: what tells the file from others. */
  readonly applicationId: number;
  /** PRAGMA user_version. */
  readonly version: number;
  readonly schema: URL;
  /** What the faults of the disk are called. */
  readonly unavailable: Reason;
  /**
   * FULL: a commit is on the disk when it returns. NORMAL: it may be lost in a power failure. Opened
   * files are FULL; {@link relax} makes it so.
   */
  readonly synchronous: "FULL" | "NORMAL";
}

export interface OpenOptions {
  readonly path: string;
  /** Makes the file where there is none. */
  readonly create: boolean;
}

/** How long to wait for a server that is just stopping, in ms. */
const LOCK_WAIT_MS = 1_000;
const LOCK_RETRY_MS = 50;
/** Pages of 4 KiB in the log before they are copied into the file. */
const CHECKPOINT_PAGES = 4_000;
const CACHE_KIB = 64 * 1024;

/** The open file. BACKEND_LOCKED where another has it, CONFIG_INVALID where it can't be ours. */
export function openDatabase(kind: FileKind, options: OpenOptions): DatabaseSync {
  const path = resolve(options.path);
  checkPlace(kind, path, options.create);
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      return openOnce(kind, path, options.create);
    } catch (thrown) {
      if (!isLocked(thrown)) throw refusal(kind, path, thrown);
      if (Date.now() >= deadline) throw locked(path, thrown);
      // Two that start at once may both fail: they must not come back at the same time.
      pause(LOCK_RETRY_MS * (0.5 + Math.random()));
    }
  }
}

function openOnce(kind: FileKind, path: string, create: boolean): DatabaseSync {
  const url = pathToFileURL(path);
  url.searchParams.set("mode", create ? "rwc" : "rw");
  const db = new DatabaseSync(url, { timeout: 0, enableForeignKeyConstraints: false });
  try {
    db.exec("PRAGMA locking_mode = EXCLUSIVE");
    const fresh = checkOwner(db, kind, path);
    db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
      PRAGMA cache_size = -${CACHE_KIB};
      PRAGMA temp_store = MEMORY;
      BEGIN IMMEDIATE;
    `);
    if (fresh) createSchema(db, kind);
    db.exec("COMMIT");
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/** From now on commits are as durable as the kind of file wants them. */
export function relax(db: DatabaseSync, kind: FileKind): void {
  db.exec(`PRAGMA synchronous = ${kind.synchronous}`);
}

/** Whether the file is new. Reads only, so that a file of somebody else's stays as it is. */
function checkOwner(db: DatabaseSync, kind: FileKind, path: string): boolean {
  const objects = numberOf(db, "SELECT count(*) FROM sqlite_schema");
  if (objects === 0) return true;
  if (numberOf(db, "PRAGMA application_id") !== kind.applicationId)
    throw new QTasksError("CONFIG_INVALID", `SQLite file ${path} is no QTasks ${kind.what}`);
  const version = numberOf(db, "PRAGMA user_version");
  if (version !== kind.version)
    throw new QTasksError(
      "CONFIG_INVALID",
      `SQLite file ${path} has schema ${version}, made by another version of QTasks; this one knows schema ${kind.version}`,
    );
  return false;
}

function createSchema(db: DatabaseSync, kind: FileKind): void {
  db.exec(readFileSync(kind.schema, "utf8"));
  db.exec(`PRAGMA application_id = ${kind.applicationId}; PRAGMA user_version = ${kind.version};`);
}

/** SQLite says "unable to open database file" to all of these; say which it is. */
function checkPlace(kind: FileKind, path: string, create: boolean): void {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file?.isDirectory() === true) throw invalid(path, "it is a folder");
  if (file !== undefined) return;
  if (!create) throw new QTasksError(kind.unavailable, `SQLite file ${path} is gone`);
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw invalid(path, `there is no folder ${folder}; create it first`);
}

function refusal(kind: FileKind, path: string, thrown: unknown): unknown {
  if (thrown instanceof QTasksError) return thrown;
  if (isNotADatabase(thrown)) return invalid(path, "it is no SQLite database", thrown);
  if (isReadOnly(thrown)) return invalid(path, "it can't be written", thrown);
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return invalid(path, `as ${kind.what}: ${reason}; it and its folder must be writable`, thrown);
}

function invalid(path: string, why: string, cause?: unknown): QTasksError {
  return new QTasksError("CONFIG_INVALID", `can't open SQLite file ${path}: ${why}`, { cause });
}

function locked(path: string, cause: unknown): QTasksError {
  return new QTasksError(
    "BACKEND_LOCKED",
    `SQLite file ${path} is in use by another server or program, and one process has it for itself: ` +
      "stop the other, or use a file of its own for each (several servers on the same tasks need Redis); a process " +
      'that only works or enqueues does so by the server that has the file, with the option server: "HOST:PORT"',
    { cause },
  );
}

function numberOf(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0]);
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
