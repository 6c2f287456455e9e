import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { runCli, startProcess, type Finished } from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";
import { ROOT, startServe } from "./serve.ts";

const READY_MS = 15_000;

test("npm start answers within 15 s, and what it prints to type next works", async (t) => {
  const startedAt = performance.now();
  const env = {
    QTASKS_GRPC: "127.0.0.1:0",
    QTASKS_HTTP: "127.0.0.1:0",
    QTASKS_URL: `sqlite:${tempFolder()}/qtasks.db`,
  };
  // npm would leave the service behind when it is killed itself.
  t.after(() => killWithChildren(service.pid));
  const service = startProcess(t, "npm", ["start"], { cwd: ROOT, env });
  const [, run = "", input = "", server = ""] = await service.waitForLine(
    /npx qtasks (run files\.digest) '(.*)' --server (\S+)/,
    READY_MS,
  );
  const { code, stdout } = await runCli(t, [...run.split(" "), input, "--server", server]);
  assert.equal(code, 0);
  assert.equal((JSON.parse(stdout) as { mimeType: string }).mimeType, "application/json");
  assert.ok(performance.now() - startedAt < READY_MS);
});

describe("every command, against a server, with the exit code that scripts rely on", () => {
  test("what succeeds gives 0", async (t) => {
    const cli = commandLine(t, (await startServe(t)).grpc);
    assert.equal((await cli(0, "run", "e2e.add", '{"x": 1, "y": 2}')).stdout, "3\n");
    const id = (await cli(0, "enqueue", "e2e.steps", '{"steps": 3}')).stdout.trim();
    assert.match((await cli(0, "watch", id, "--events")).stdout, /did step 3/);
    assert.equal((await cli(0, "await", id)).stdout, "3\n");
    assert.match((await cli(0, "get", id)).stdout, /e2e\.steps/);
    assert.match((await cli(0, "list")).stdout, /e2e\.add/);
    assert.match((await cli(0, "count")).stdout, /2/);
    assert.match((await cli(0, "events", id)).stdout, /did step 1/);
    assert.match((await cli(0, "queues")).stdout, /default/);
    assert.match((await cli(0, "tasks")).stdout, /e2e\.noop/);
    await cli(0, "retry", id);
    await cli(0, "await", id);
    await cli(0, "pause", "default");
    const waiting = (await cli(0, "enqueue", "e2e.noop")).stdout.trim();
    await cli(0, "reschedule", waiting, "--priority", "5");
    await cli(0, "cancel", waiting);
    await cli(0, "resume", "default");
    await cli(0, "config");
    const workers = (await cli(0, "workers", "--output", "json")).stdout;
    const { sessionId } = JSON.parse(workers) as { sessionId: string };
    await cli(0, "drain", sessionId);
  });

  test("what does not gives its own code", async (t) => {
    const cli = commandLine(t, (await startServe(t)).grpc);
    assert.match((await cli(1, "run", "e2e.fail", '{"message": "oh no"}')).stderr, /oh no/);
    await cli(2, "run", "e2e.add", "{not JSON");
    await cli(2, "no-such-command");
    await cli(2, "list", "--state", "no-such-state");
    await cli(3, "get", "none");
    await cli(3, "run", "e2e.no-such-task");
    await cli(5, "run", "e2e.sleep", '{"ms": 60000}', "--timeout", "200ms");
    await commandLine(t, "127.0.0.1:1")(4, "count");
  });
});

function killWithChildren(pid: number): void {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  for (const child of children.split(" ")) if (child !== "") killWithChildren(Number(child));
  process.kill(pid, "SIGKILL");
}

/** Runs `qtasks ARGS…` against a server, and checks its exit code. */
function commandLine(t: Parameters<typeof runCli>[0], server: string) {
  return async (expected: number, ...args: readonly string[]): Promise<Finished> => {
    const finished = await runCli(t, args, { env: { QTASKS_SERVER: server } });
    assert.equal(finished.code, expected, `qtasks ${args.join(" ")}: ${finished.stderr}`);
    return finished;
  };
}
