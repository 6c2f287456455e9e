import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test, type TestContext } from "node:test";
import { create } from "@bufbuild/protobuf";
import { TaskFilterSchema, TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { freshFolder, openStorage } from "./fresh.ts";

const ROUNDS = 3;
/** Acknowledgements to wait for before each kill. */
const ACKNOWLEDGED = 40;

interface Acknowledged {
  readonly created: Set<string>;
  readonly started: Set<string>;
}

type Report = "opened" | { readonly created?: string[]; readonly started?: string[] };

/** Lets a process write until it has acknowledged enough, and kills it in the midst of it. */
async function writeAndKill(t: TestContext, path: string, seen: Acknowledged): Promise<void> {
  const child = fork(join(import.meta.dirname, "child.ts"), ["write", path]);
  t.after(() => child.kill("SIGKILL"));
  const exited = once(child, "exit");
  let reports = 0;
  child.on("message", (report: Report) => {
    if (report === "opened") return;
    for (const id of report.created ?? []) seen.created.add(id);
    for (const id of report.started ?? []) seen.started.add(id);
    if ((reports += 1) === ACKNOWLEDGED) child.kill("SIGKILL");
  });
  await exited;
  assert.ok(reports >= ACKNOWLEDGED, "the process ended by itself");
}

test("what was acknowledged before kill -9 is there after it, and the file is whole", async (t) => {
  const path = join(await freshFolder(t), "a.db");
  const seen: Acknowledged = { created: new Set(), started: new Set() };
  for (let round = 0; round < ROUNDS; round += 1) {
    await writeAndKill(t, path, seen);
    const storage = await openStorage(t, { path });
    const ids = [...seen.created];
    const records = await storage.read({ ids });
    const missing = ids.filter((_, at) => records[at] === undefined);
    assert.deepEqual(missing, []);
    for (const record of records)
      if (seen.started.has(record!.id)) assert.equal(record!.state, TaskState.RUNNING);
    await assertCountersAgree(storage);
    await storage.stop();
    assertWhole(path);
  }
});

/** Tasks by counters are those by reading them all. */
async function assertCountersAgree(
  storage: Awaited<ReturnType<typeof openStorage>>,
): Promise<void> {
  const counted = await storage.count({ filter: create(TaskFilterSchema), maxExamined: 1 });
  const read = await storage.count({
    filter: create(TaskFilterSchema, { labels: { k: "v" } }),
    maxExamined: 1_000_000,
  });
  assert.deepEqual(counted, read);
  assert.equal(counted.approximate, false);
}

function assertWhole(path: string): void {
  const file = new DatabaseSync(path);
  try {
    assert.deepEqual(
      file
        .prepare("PRAGMA integrity_check")
        .all()
        .map((row) => ({ ...row })),
      [{ integrity_check: "ok" }],
    );
  } finally {
    file.close();
  }
}
