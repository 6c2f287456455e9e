import assert from "node:assert/strict";
import { once } from "node:events";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { spawn } from "node:child_process";
import { tempFolder } from "../../support/temp.ts";
import { checkDirectory } from "./checker.ts";
import type { HistoryEvent } from "./event.ts";
import { HISTORY_SUFFIX, HistoryLog, historyNow } from "./log.ts";
import { readHistory } from "./read.ts";
import { Script } from "./script.ts";

const CHECK = new URL("check.ts", import.meta.url).pathname;
const LOG = new URL("log.ts", import.meta.url).href;

/** Writes the files of a script, and returns their folder. */
function written(script: Script): string {
  const directory = join(tempFolder(), "history");
  mkdirSync(directory);
  for (const [name, events] of script.files())
    writeFileSync(fileOf(directory, name), events.map(lineOf).join(""));
  return directory;
}

function fileOf(directory: string, name: string): string {
  return join(directory, `${name}${HISTORY_SUFFIX}`);
}

function lineOf(event: HistoryEvent): string {
  return `${JSON.stringify(event)}\n`;
}

const GOOD = (): Script =>
  new Script()
    .enqueue("a", { at: 0 })
    .readOut("a", { state: "FAILED", revision: 2, endedAt: 5 }, { at: 50 });

async function checked(...args: string[]): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [CHECK, ...args]);
  let output = "";
  child.stdout.on("data", (data) => (output += String(data)));
  child.stderr.on("data", (data) => (output += String(data)));
  const [code] = (await once(child, "close")) as [number];
  return { code, output };
}

test("what a log writes can be read", () => {
  const directory = join(tempFolder(), "new", "history");
  const before = historyNow();
  const log = new HistoryLog({ directory, process: "client-1", role: "client" });
  log.write({ type: "settings", seed: 1, backend: "x", ...TIMES });
  const call = log.call({ op: "enqueue", tasks: [{ taskId: "ü", name: "work" }] });
  log.answer(call, { enqueued: [{ taskId: "ü", created: true }] });
  const refused = log.call({ op: "delete", taskId: "ü" });
  log.error(refused, "TASK_NOT_TERMINAL");
  log.call({ op: "cancel", taskId: "ü" });
  log.close();
  log.close();
  log.call({ op: "get", taskIds: ["after the end"] });
  const run = readHistory(directory);
  assert.equal(run.events, 8);
  assert.deepEqual([...run.processes.keys()], ["client-1"]);
  const task = run.tasks.get("ü")!;
  assert.equal(run.tasks.size, 1);
  assert.deepEqual(
    task.controls.map(({ call: { op, fate } }) => [op, fate]),
    [
      ["delete", "refused"],
      ["cancel", "maybe"],
    ],
  );
  const { sent, ended } = task.creations[0]!.call;
  assert.ok(before <= sent.at + 0.001 && sent.at <= ended!.at && ended!.at <= historyNow());
  assert.throws(() => new HistoryLog({ directory, process: "client-1", role: "client" }), /EEXIST/);
});

const TIMES = {
  leaseMs: 2_000,
  deliveryTimeoutMs: 1_500,
  heartbeatIntervalMs: 500,
  sweepIntervalMs: 1_000,
};

test("a kill loses no call and no start of a handler", async () => {
  const directory = tempFolder();
  const program = `
    import { HistoryLog } from ${JSON.stringify(LOG)};
    const log = new HistoryLog({ directory: ${JSON.stringify(directory)}, process: "w", role: "worker" });
    log.write({ type: "settings", seed: 1, backend: "x", ...${JSON.stringify(TIMES)} });
    log.writeNow({ type: "handlerStarted", taskId: "a", attempt: 1, token: "t" });
    log.answer(log.call({ op: "get", taskIds: ["a"] }), { missing: ["a"] });
    log.call({ op: "get", taskIds: ["a"] });
    log.answer(2, { missing: ["a"] });
    process.kill(process.pid, "SIGKILL");
  `;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program]);
  await once(child, "close");
  const { tasks } = readHistory(directory);
  assert.equal(tasks.get("a")?.starts.length, 1);
  assert.equal(tasks.get("a")?.absences.length, 1);
});

test("a torn last line is left out", () => {
  const directory = written(GOOD());
  appendFileSync(fileOf(directory, "client"), '{"type":"call","at":1000060,"call":9');
  assert.deepEqual(checkDirectory(directory).violations, []);
});

test("lines that are none, or don't fit, are told with their place", () => {
  const broken = (line: string): string => {
    const directory = written(GOOD());
    appendFileSync(fileOf(directory, "client"), `${line}\n`);
    return directory;
  };
  const none = { message: /client\.history\.jsonl:3: no line of a history/ };
  assert.throws(() => readHistory(broken("{")), none);
  assert.throws(() => readHistory(broken('{"type":"answer","at":1,"call":77,"answer":{}}')), none);
  assert.throws(() => readHistory(tempFolder()), /has no file/);
  const end = '{"type":"injectionEnded","at":1,"injection":"i","mendAt":1}';
  assert.throws(() => readHistory(broken(end)), /injection i ended but never began/);
});

test("a history without settings is refused", () => {
  const directory = tempFolder();
  const event = { type: "process", at: 1, process: "p", role: "client", pid: 1 } as const;
  writeFileSync(fileOf(directory, "p"), lineOf(event));
  assert.throws(() => readHistory(directory), /no settings/);
});

test("the command tells violations by its exit code", async () => {
  const good = await checked(written(GOOD()));
  assert.equal(good.code, 0, good.output);
  assert.match(good.output, /no violation/);
  const script = new Script()
    .enqueue("a", { at: 0 })
    .injection("hit", { at: 10, until: 20 })
    .readOut("a", {}, { at: 50 });
  const bad = await checked(written(script));
  assert.equal(bad.code, 1, bad.output);
  assert.match(bad.output, /✗ lost: a\n.*never ended: PENDING.*\n.*see client:2, harness:5/);
  assert.match(bad.output, /stop-server.*1/);
  const json = await checked(written(script), "--json");
  assert.equal(JSON.parse(json.output).violations[0].rule, "lost");
  assert.equal((await checked()).code, 2);
  assert.equal((await checked("/nowhere")).code, 2);
});

test("measures", () => {
  const script = new Script()
    .enqueue("a", { at: 0 })
    .injection("one", { at: 10, until: 100 })
    .injection("two", { at: 200, until: 300, kind: "kill-worker", affects: ["worker"] })
    .lease("a", 1, { at: 110 })
    .report("a", 1, { at: 400, verdict: "maybe" })
    .report("a", 1, { at: 500, verdict: "RECORDED" })
    .readOut("a", { state: "SUCCEEDED", revision: 3, endedAt: 401 }, { at: 600 });
  const { measures } = checkDirectory(written(script));
  assert.deepEqual(measures.kinds, [
    { kind: "kill-worker", injections: 1, toOutcomeMs: 205, toProgressMs: 205 },
    { kind: "stop-server", injections: 1, toOutcomeMs: 405, toProgressMs: 15 },
  ]);
  const { kinds: _kinds, ...counted } = measures;
  assert.deepEqual(counted, {
    backend: "script",
    seed: 1,
    durationMs: 605,
    processes: 3,
    events: 15,
    injections: 2,
    toOutcomeMs: 405,
    toProgressMs: 205,
    tasks: 1,
    acknowledged: 1,
    terminal: 1,
    leases: 1,
    outcomesRecorded: 1,
    outcomesStale: 0,
    maybes: 1,
    attemptsLost: 0,
  });
});
