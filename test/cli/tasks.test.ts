import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { tempFolder } from "../support/temp.ts";
import { jsonLines, setup } from "./setup.ts";

test("enqueue prints the id, and sends input and options", async (t) => {
  const { fake, run } = await setup(t);
  const { code, stdout } = await run(
    [
      `enqueue math.add {"x":1} --queue q --priority -5 --delay 1.5s`,
      `--label team=a --label kind=b=c --header h=1 --max-attempts -1`,
      `--unique-key k --on-conflict reject --attempt-timeout 2m`,
    ].flatMap((line) => line.split(" ")),
  );
  assert.equal(code, 0);
  const [request] = fake.requests;
  assert.equal(stdout, `${request?.taskId}\n`);
  assert.deepEqual(request?.spec?.payload?.body, { case: "text", value: '{"x":1}' });
  const { options, unique, headers } = request.spec;
  assert.deepEqual([options?.queue, options?.priority], ["q", -5]);
  assert.deepEqual({ ...options?.labels }, { team: "a", kind: "b=c" });
  assert.deepEqual({ ...headers }, { h: "1" });
  assert.equal(options?.retryPolicy?.maxAttempts, -1);
  assert.equal(options?.attemptTimeout?.seconds, 120n);
  assert.deepEqual([unique?.key, unique?.onConflict], ["k", 2]);
  assert.equal(request.start.case, "delay");
});

test("enqueue takes its input from stdin or a file", async (t) => {
  const { fake, run } = await setup(t);
  const file = join(tempFolder(), "input.json");
  await writeFile(file, "[1, 2]");
  assert.equal((await run(["enqueue", "a", "-"], '"from stdin"')).code, 0);
  assert.equal((await run(["enqueue", "a", "--input-file", file])).code, 0);
  assert.equal((await run(["enqueue", "a"])).code, 0);
  assert.deepEqual(
    fake.requests.map(({ spec }) => spec?.payload?.body.value),
    ['"from stdin"', "[1,2]", "null"],
  );
});

test("enqueue of an id that is taken says so", async (t) => {
  const { run } = await setup(t);
  await run(["enqueue", "a", "--id", "my-id"]);
  const again = await run(["enqueue", "a", "--id", "my-id"]);
  assert.deepEqual([again.code, again.stdout], [0, "my-id\n"]);
  assert.match(again.stderr, /enqueued before/);
  const { stdout } = await run(["enqueue", "a", "--id", "my-id", "--output", "json"]);
  assert.deepEqual(jsonLines(stdout), [{ taskId: "my-id", created: false }]);
});

test("--each-line enqueues line by line and names the lines that are no JSON", async (t) => {
  const { fake, run } = await setup(t);
  const lines = Array.from({ length: 2_500 }, (_, index) => `{"n":${index}}`);
  const { code, stdout, stderr } = await run(
    ["enqueue", "a", "--each-line"],
    ["", ...lines, "{oops", ""].join("\n"),
  );
  assert.equal(code, 2);
  assert.match(stderr, /line 2502 is not JSON/);
  assert.match(stderr, /2500 tasks enqueued/);
  const ids = fake.requests.map(({ taskId }) => taskId);
  assert.deepEqual(stdout.trim().split("\n"), ids);
  assert.deepEqual(
    fake.requests.map(({ spec }) => spec?.payload?.body.value),
    lines,
  );
});

test("run prints the result", async (t) => {
  const { fake, start } = await setup(t);
  const running = start(["run", "a", "--id", "t"]);
  await fake.when(() => fake.tasks.has("t"));
  fake.succeed("t", { sum: 3 });
  const { code, stdout } = await running.finished;
  assert.deepEqual([code, stdout], [0, '{\n  "sum": 3\n}\n']);
});

test("run of a task that fails exits 1 and says why", async (t) => {
  const { fake, start } = await setup(t);
  const running = start(["run", "a", "--id", "t"]);
  await fake.when(() => fake.tasks.has("t"));
  fake.fail("t", { type: "Bad", message: "no \u001b[31mway\u0007" });
  const { code, stdout, stderr } = await running.finished;
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /error: a t FAILED: no way/);
});

test("await exits 0, 1, 3, 5 as the task is", async (t) => {
  const { fake, run } = await setup(t);
  fake.put({ taskId: "good" });
  fake.succeed("good", 1);
  fake.put({ taskId: "bad" });
  fake.fail("bad", { message: "no" });
  fake.put({ taskId: "slow" });
  const codes = [];
  // Time enough for a busy machine, but for the one that is not to come.
  for (const [id, timeout] of Object.entries({
    good: "30s",
    bad: "30s",
    nobody: "30s",
    slow: "50ms",
  }))
    codes.push((await run(["await", id, "--timeout", timeout])).code);
  assert.deepEqual(codes, [0, 1, 3, 5]);
});

test("await of several prints each, and the worst of the codes", async (t) => {
  const { fake, run } = await setup(t);
  for (const taskId of ["a", "b"]) fake.put({ taskId });
  fake.succeed("a", { n: 1 });
  fake.fail("b", { message: "broken" });
  const table = await run(["await", "a", "b", "a"]);
  assert.equal(table.code, 1);
  assert.match(
    table.stdout,
    /^ID +NAME +STATE +RESULT\na +SUCCEEDED +\{"n":1\}\nb +FAILED +broken\n$/,
  );
  const json = await run(["await", "a", "b", "nobody", "--output", "json"]);
  assert.equal(json.code, 3);
  assert.deepEqual(
    jsonLines(json.stdout).map(({ taskId, state }) => [taskId, state]),
    [
      ["a", "TASK_STATE_SUCCEEDED"],
      ["b", "TASK_STATE_FAILED"],
    ],
  );
});

test("watch prints changes and outputs, and ends with the task", async (t) => {
  const { fake, start } = await setup(t);
  fake.put({ taskId: "t" });
  const running = start(["watch", "t", "--events"]);
  await running.waitForLine(/PENDING/);
  fake.change("t", { state: TaskState.RUNNING, attemptCount: 1, workerId: "w" });
  await running.waitForLine(/RUNNING +attempt 1 +on w/);
  fake.output("t", { n: 1 });
  await running.waitForLine(/output +\{"n":1\}/);
  fake.succeed("t", "end");
  const { code, stdout } = await running.finished;
  assert.equal(code, 0);
  assert.match(stdout, /SUCCEEDED.*\n"end"\n$/);
});

test("watch as JSON is one message a line", async (t) => {
  const { fake, run } = await setup(t);
  fake.put({ taskId: "t" });
  fake.output("t", 1);
  fake.fail("t", { message: "no" });
  const { code, stdout } = await run(["watch", "t", "--events", "--output", "json"]);
  assert.equal(code, 1);
  assert.deepEqual(jsonLines(stdout).map(Object.keys), [["taskEvent"], ["task"]]);
});

for (const command of ["watch", "await"]) {
  test(`Ctrl-C on ${command} leaves the task alone and says its id`, async (t) => {
    const { fake, start } = await setup(t);
    fake.put({ taskId: "t" });
    const running = start([command, "t"]);
    if (command === "watch") await running.waitForLine(/PENDING/);
    else while (fake.seen.parked === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    running.kill("SIGINT");
    const { code, stderr } = await running.finished;
    assert.equal(code, 130);
    assert.match(stderr, /task t goes on; wait for it again with: qtasks await t/);
    assert.equal(fake.tasks.get("t")?.state, TaskState.PENDING);
  });
}

test("get shows a task", async (t) => {
  const { fake, run } = await setup(t);
  fake.put({ taskId: "t", spec: { name: "mail.send", options: { queue: "mail" } } });
  const table = await run(["get", "t"]);
  assert.match(table.stdout, /^Task +t\nName +mail\.send\nState +PENDING\nQueue +mail\n/);
  const json = await run(["get", "t", "--output", "json"]);
  const [task] = jsonLines(json.stdout);
  assert.deepEqual([task?.["taskId"], task?.["revision"]], ["t", "1"]);
  const missing = await run(["get", "nobody"]);
  assert.equal(missing.code, 3);
  assert.match(missing.stderr, /TASK_NOT_FOUND.*nobody\nnext: /);
});

test("list stops at its limit and says so", async (t) => {
  const { fake, run } = await setup(t);
  for (let index = 0; index < 60; index++)
    fake.put({ taskId: `t${index}`, spec: { name: index < 5 ? "few" : "many" } });
  const limited = await run(["list", "--limit", "3"]);
  assert.match(limited.stdout, /^ID +NAME +QUEUE +STATE +ATTEMPTS +AGE\n/);
  assert.equal(limited.stdout.trim().split("\n").length, 4);
  assert.match(limited.stderr, /the newest 3/);
  const all = await run(["list", "--all", "--output", "json"]);
  assert.equal(jsonLines(all.stdout).length, 60);
  const few = await run(["list", "--name", "few", "--output", "json"]);
  assert.equal(jsonLines(few.stdout).length, 5);
  const count = await run(["count", "--output", "json"]);
  assert.equal(jsonLines(count.stdout)[0]?.["count"], "60");
});

test("cancel by ids and by filter", async (t) => {
  const { fake, run } = await setup(t);
  for (const taskId of ["a", "b", "c"]) fake.put({ taskId });
  const byId = await run(["cancel", "a", "nobody", "--reason", "why not"]);
  assert.equal(byId.code, 3);
  assert.match(byId.stdout, /a +CANCELED/);
  assert.equal(fake.tasks.get("a")?.cancelReason, "why not");
  const unasked = await run(["cancel", "--queue", "q"]);
  assert.equal(unasked.code, 2);
  assert.match(unasked.stderr, /--yes/);
  assert.equal(fake.tasks.get("b")?.state, TaskState.PENDING);
  const byFilter = await run(["cancel", "--queue", "q", "--yes", "--output", "json"]);
  assert.deepEqual(
    [byFilter.code, ...jsonLines(byFilter.stdout)],
    [0, { canceledCount: 2, cancelingCount: 0, nextPageToken: "" }],
  );
});

test("events prints what is kept", async (t) => {
  const { fake, run } = await setup(t);
  fake.put({ taskId: "t" });
  for (const value of [1, 2, 3]) fake.output("t", value);
  const { stdout } = await run(["events", "t", "--after", "1"]);
  assert.match(stdout, /^ *output +2\n *output +3\n$/);
});
