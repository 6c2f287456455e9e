/** Opens a file of either kind and puts its engine to work. */
import type { DatabaseSync } from "node:sqlite";
import { BrokerEngine, BROKER_FILE } from "./broker-engine/broker-engine.ts";
import { openDatabase, relax, type FileKind } from "./database.ts";
import type { Engine } from "./engine.ts";
import { StorageEngine, STORAGE_FILE } from "./engine/storage-engine.ts";
import { KeptClock } from "./kept-clock.ts";
import { Meta } from "./meta.ts";
import { Session } from "./session.ts";
import { Statements } from "./statements.ts";
import type { ThreadData } from "./thread/calls.ts";

export interface OpenedSession {
  readonly session: Session;
  readonly facts: unknown;
  readonly warnings: readonly string[];
}

/** BACKEND_LOCKED or CONFIG_INVALID where the file can't be opened. */
export function openSession(data: ThreadData): OpenedSession {
  const db = openDatabase(fileOf(data), data);
  try {
    return sessionOver(db, data);
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/** A session over a file that is open already. */
export function sessionOver(db: DatabaseSync, data: ThreadData): OpenedSession {
  const statements = new Statements(db);
  const meta = new Meta(statements);
  const clock = new KeptClock(meta);
  const { now, warnings } = clock.startAt(data.now);
  const engine: Engine =
    data.engine === "storage"
      ? new StorageEngine({ statements, meta, now, maxLogs: data.maxLogs })
      : new BrokerEngine({ statements, meta, now });
  const file = fileOf(data);
  // Not before: what an engine writes as it opens must last, a broker's epoch above all.
  relax(db, file);
  const { unavailable } = file;
  const session = new Session({ db, engine, clock, path: data.path, unavailable });
  return { session, facts: engine.facts, warnings };
}

function fileOf({ engine }: ThreadData): FileKind {
  return engine === "storage" ? STORAGE_FILE : BROKER_FILE;
}
