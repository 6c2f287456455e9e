import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import {
  BROKER_FILE,
  BrokerEngine,
} from "../../../src/backends/sqlite/broker-engine/broker-engine.ts";
import { openDatabase, type FileKind } from "../../../src/backends/sqlite/database.ts";
import { STORAGE_FILE, StorageEngine } from "../../../src/backends/sqlite/engine/storage-engine.ts";
import { Meta } from "../../../src/backends/sqlite/meta.ts";
import { Statements } from "../../../src/backends/sqlite/statements.ts";
import { freshFolder } from "./fresh.ts";

/** Every statement of an engine and the steps of its plan. */
async function plansOf(
  t: TestContext,
  kind: FileKind,
  build: (statements: Statements, meta: Meta) => unknown,
): Promise<Map<string, string[]>> {
  const db = openDatabase(kind, { path: join(await freshFolder(t), "a.db"), create: true });
  t.after(() => db.close());
  const statements = new Statements(db);
  build(statements, new Meta(statements));
  return new Map(
    statements.texts.map((sql) => [
      sql.trim().replaceAll(/\s+/g, " "),
      db
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map((row) => String(row["detail"])),
    ]),
  );
}

/** What is read whole, on purpose: small tables, and the rows that an insert brings. */
const SMALL = /^SCAN (term|counter|\d+-ROW VALUES CLAUSE)$/;
/** Partial indexes that are read in their own order, which is the one that is wanted. */
const ORDERED = /^SCAN task USING INDEX (leased|purgeable)$/;
/** Sorting a handful of rows. */
const SORTS = [/^SELECT delayed_as, count\(\*\)/, /^SELECT .* INDEXED BY held /];

function assertIndexed(plans: ReadonlyMap<string, readonly string[]>): void {
  for (const [sql, steps] of plans)
    for (const step of steps) {
      const scans = step.startsWith("SCAN") && !SMALL.test(step) && !ORDERED.test(step);
      assert.ok(!scans || step.includes("subquery"), `${sql}\n  ${step}`);
      if (step.includes("TEMP B-TREE"))
        assert.ok(
          SORTS.some((allowed) => allowed.test(sql)),
          `${sql}\n  ${step}`,
        );
    }
}

/** The steps of the only statement that has all of these words. */
function only(plans: ReadonlyMap<string, readonly string[]>, ...words: string[]): string {
  const found = [...plans].filter(([sql]) => words.every((word) => sql.includes(word)));
  assert.equal(found.length, 1, `${words.join(" … ")}: ${found.length} statements`);
  return found[0]![1].join("; ");
}

test("every statement of the storage finds its rows by an index", async (t) => {
  const plans = await plansOf(
    t,
    STORAGE_FILE,
    (statements, meta) => new StorageEngine({ statements, meta, now: 0, maxLogs: 1 }),
  );
  assertIndexed(plans);
  assert.match(
    only(plans, "CROSS JOIN body", "INDEXED BY ready"),
    /^SEARCH task USING INDEX ready \(queue=\? AND name=\? AND rank>\?\); SEARCH body USING INTEGER PRIMARY KEY/,
  );
  assert.match(
    only(plans, "SELECT seq, delayed_as, head FROM task INDEXED BY delayed"),
    /INDEX delayed \(queue=\? AND name=\? AND delayed_to<\?\)/,
  );
  assert.match(only(plans, "UPDATE task SET rank = NULL"), /INTEGER PRIMARY KEY/);
  assert.match(only(plans, "CROSS JOIN body", "WHERE id = ?"), /INDEX sqlite_autoindex_task_1/);
  assert.match(
    only(plans, "INDEXED BY leased", "UNION ALL"),
    /INDEX leased .*RIGHT; SEARCH task USING INDEX deadline/,
  );
  assert.match(
    only(plans, "INDEXED BY created"),
    /COVERING INDEX created .*\(created_at,id\)<\(\?,\?\)/,
  );
  assert.match(only(plans, "FROM tag WHERE", "created_at DESC"), /tag=\?.*\(created_at,id\)</);
});

test("every statement of the broker finds its rows by an index", async (t) => {
  const plans = await plansOf(
    t,
    BROKER_FILE,
    (statements, meta) => new BrokerEngine({ statements, meta, now: 0 }),
  );
  assertIndexed(plans);
  assert.match(only(plans, "INDEXED BY ready"), /^SEARCH message USING INDEX ready \(queue=\? AND/);
});
