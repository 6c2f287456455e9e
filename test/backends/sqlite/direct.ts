/** A storage's engine without its thread, over a file whose limits the test sets. */
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { TestContext } from "node:test";
import { openDatabase } from "../../../src/backends/sqlite/database.ts";
import { loadEngine } from "../../../src/backends/sqlite/engine-kinds.ts";
import { sessionOver } from "../../../src/backends/sqlite/open-session.ts";
import type { Session } from "../../../src/backends/sqlite/session.ts";
import type { Answer, ThreadData } from "../../../src/backends/sqlite/thread/calls.ts";
import { freshFolder } from "./fresh.ts";

export interface Direct {
  readonly db: DatabaseSync;
  readonly session: Session;
  /** Runs calls as one flush: their answers, in the order of the calls. */
  readonly flush: (...calls: readonly (readonly [method: string, params: unknown])[]) => Answer[];
}

export async function openDirect(t: TestContext): Promise<Direct> {
  const path = join(await freshFolder(t), "a.db");
  const data: ThreadData = { engine: "storage", path, create: true, now: 0, maxLogs: 10 };
  const kind = await loadEngine(data);
  const db = openDatabase(kind.file, data);
  const { session } = sessionOver(db, data, kind);
  t.after(() => session.close(0));
  const flush: Direct["flush"] = (...calls) => {
    const answers: Answer[] = [];
    session.flush(
      calls.map(([method, params], id) => ({ id, method, params, now: Date.now() })),
      (some) => answers.push(...some),
    );
    return answers.toSorted((a, b) => a.id - b.id);
  };
  return { db, session, flush };
}
