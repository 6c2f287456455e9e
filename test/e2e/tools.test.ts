import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { installGoTools } from "../support/go.ts";
import { ROOT, startServe } from "./serve.ts";

const METHOD = "qtasksapi.v1.TaskService/RunTask";
const BUF = join(ROOT, "node_modules/.bin/buf");
const run = promisify(execFile);

/** What a person types: readable JSON all the way. */
const REQUEST = JSON.stringify({
  enqueue: { spec: { name: "e2e.add", payload: { text: '{"x": 20, "y": 22}' } } },
  wait: "20s",
});

describe("a task is run, and its result printed, by", () => {
  test("buf curl: gRPC by reflection, Connect and gRPC-Web", async (t) => {
    const { grpc, http } = await startServe(t);
    const prior = ["--protocol", "grpc", "--http2-prior-knowledge"];
    const schema = ["--schema", `${http}/schema.binpb`];
    for (const [args, base] of [
      [prior, `http://${grpc}`],
      [[...prior, "--reflect-protocol", "grpc-v1alpha"], `http://${grpc}`],
      [["--protocol", "grpc"], http],
      [["--protocol", "connect"], http],
      [["--protocol", "connect", ...schema], http],
      [["--protocol", "grpcweb"], http],
      [["--protocol", "grpcweb", ...schema], http],
    ] as const) {
      const { stdout } = await run(BUF, ["curl", ...args, "-d", REQUEST, `${base}/${METHOD}`]);
      succeeded(stdout, args.join(" "));
    }
  });

  test("curl with JSON", async (t) => {
    const { http } = await startServe(t);
    const header = ["-H", "content-type: application/json"];
    const args = ["-sS", "--fail-with-body", ...header, "-d", REQUEST, `${http}/${METHOD}`];
    succeeded((await run("curl", args)).stdout, "curl");
  });

  test("grpcurl by reflection", async (t) => {
    const { grpc } = await startServe(t);
    const bin = await installGoTools("github.com/fullstorydev/grpcurl/cmd/grpcurl");
    const grpcurl = join(bin, "grpcurl");
    const list = await run(grpcurl, ["-plaintext", grpc, "list"]);
    assert.match(list.stdout, /^qtasksapi\.v1\.TaskService$/m);
    const { stdout } = await run(grpcurl, ["-plaintext", "-d", REQUEST, grpc, METHOD]);
    succeeded(stdout, "grpcurl");
    const getTask = "qtasksapi.v1.TaskService/GetTask";
    const unknown = run(grpcurl, ["-plaintext", "-d", '{"task_id": "none"}', grpc, getTask]);
    await assert.rejects(unknown, /Code: NotFound[\s\S]*TASK_NOT_FOUND/);
  });
});

function succeeded(stdout: string, how: string): void {
  const { task, done } = JSON.parse(stdout) as {
    task: { state: string; result: { text: string } };
    done: boolean;
  };
  assert.equal(done, true, how);
  assert.equal(task.state, "TASK_STATE_SUCCEEDED", how);
  assert.equal(task.result.text, "42", how);
}
