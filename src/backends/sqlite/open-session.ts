/** Opens a file of either kind and puts its engine to work. */
import type { DatabaseSync } from "node:sqlite";
import { openDatabase, relax } from "./database.ts";
import type { EngineKind } from "./engine-kinds.ts";
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
export function openSession(data: ThreadData, kind: EngineKind): OpenedSession {
  const db = openDatabase(kind.file, data);
  try {
    return sessionOver(db, data, kind);
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/** A session over a file that is open already. */
export function sessionOver(
  db: DatabaseSync,
  data: ThreadData,
  { file, make }: EngineKind,
): OpenedSession {
  const statements = new Statements(db);
  const meta = new Meta(statements);
  const clock = new KeptClock(meta);
  const { now, warnings } = clock.startAt(data.now);
  const engine = make({ statements, meta, now, maxLogs: data.maxLogs });
  // Not before: what an engine writes as it opens must last, a broker's epoch above all.
  relax(db, file);
  const { unavailable } = file;
  const session = new Session({ db, engine, clock, path: data.path, unavailable });
  return { session, facts: engine.facts, warnings };
}
