import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { fromBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb.ts";
import { StatusSchema } from "../../gen/google/rpc/status_pb.ts";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { MailTasks } from "../../examples/mail/gen/acme/mail/v1/mail_pb.ts";
import { QueueTasks, TaskFailedError } from "../../src/index.ts";
import { installGoTools, runGo } from "../support/go.ts";
import { startProcess } from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";
import { startBridge, startServer } from "./setup.ts";

const ROOT = join(import.meta.dirname, "../..");
const FIXTURES = join(import.meta.dirname, "go");
const run = promisify(execFile);
const WAIT = { timeoutMs: 20_000 };

// The newest that Go 1.19 builds.
const GO_MOD = `module example.com/target

go 1.19

require (
	google.golang.org/genproto/googleapis/rpc v0.0.0-20240318140521-94a12d6c2237
	google.golang.org/grpc v1.64.1
	google.golang.org/protobuf v1.33.0
)
`;

/** The program of a gRPC server in Go, built of code that is generated for it. */
async function buildTarget(): Promise<string> {
  const folder = tempFolder();
  const plugins = await installGoTools(
    "google.golang.org/protobuf/cmd/protoc-gen-go",
    "google.golang.org/grpc/cmd/protoc-gen-go-grpc",
  );
  const path = [plugins, process.env["PATH"]].join(delimiter);
  const template = join(FIXTURES, "buf.gen.yaml");
  const given = ["examples/mail", "--include-imports", "--template", template, "-o", folder];
  const env = { ...process.env, PATH: path };
  await run(join(ROOT, "node_modules/.bin/buf"), ["generate", ...given], { cwd: ROOT, env });
  await copyFile(join(FIXTURES, "main.go"), join(folder, "main.go"));
  await writeFile(join(folder, "go.mod"), GO_MOD);
  await runGo(["mod", "tidy"], { cwd: folder });
  await runGo(["build", "-o", "target", "."], { cwd: folder });
  return join(folder, "target");
}

test("a server in Go with health and reflection executes tasks as it is", async (t) => {
  const program = await buildTarget();
  const target = startProcess(t, program, ["127.0.0.1:0"]);
  const [, address] = await target.waitForLine(/serves on (\S+)/);
  const server = await startServer(t);
  const { logged } = await startBridge(server, address!);
  const app = new QueueTasks({ server: server.address, env: {}, configFile: false });
  server.beforeEnd(() => app.stop());
  const mail = app.service(MailTasks, {});

  await t.test("unary and streaming, with statuses and their details", async () => {
    const { messageId } = await mail.sendEmail.run({ to: "ada@example.com" }, WAIT);
    // The proto's option sets the attempt's time.
    assert.equal(messageId, "attempt 1, true");
    const { failure } = await failed(mail.sendEmail.run({ to: "ada" }, WAIT));
    assert.deepEqual([failure.type, failure.message], ["grpc.NOT_FOUND", "no address: ada"]);
    const status = fromBinary(StatusSchema, failure.details!.body.value as Uint8Array);
    assert.equal(anyUnpack(status.details[0]!, ErrorInfoSchema)?.reason, "NO_ADDRESS");
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { to } of mail.sendNewsletter.run({ to: ["a", "b"] })) seen.push(to);
    })();
    assert.equal((await failed(reading)).type, "grpc.OUT_OF_RANGE");
    assert.deepEqual(seen, ["a", "b"]);
  });

  await t.test("a cancel stops its handler", async () => {
    const handle = await mail.sendEmail.enqueue({ to: "wait", subject: "the cancel" });
    await target.waitForLine(/^waiting for the cancel$/);
    await handle.cancel();
    await target.waitForLine(/stopped: context canceled/);
    assert.equal((await handle.done(WAIT)).state, TaskState.CANCELED);
  });

  await t.test("one of its services not serving is heard of, and its return", async () => {
    target.kill("SIGUSR1");
    await logged(/no tasks are taken/);
    const handle = await mail.sendEmail.enqueue({ to: "later@example.com" });
    target.kill("SIGUSR2");
    assert.match((await handle.result(WAIT)).messageId, /^attempt \d/);
  });

  await t.test(
    "it is killed in a call: the task is called again after its next start",
    async () => {
      const waiting = await mail.sendEmail.enqueue({ to: "wait", subject: "the kill" });
      await target.waitForLine(/^waiting for the kill$/);
      target.kill("SIGKILL");
      await target.exit;
      const again = startProcess(t, program, [address!]);
      await again.waitForLine(/^waiting for the kill$/);
      await waiting.cancel();
      const { state, attemptCount } = await waiting.done(WAIT);
      assert.deepEqual([state, attemptCount], [TaskState.CANCELED, 1]);
    },
  );
});

async function failed(promise: Promise<unknown>): Promise<TaskFailedError> {
  const error: unknown = await promise.then(
    () => assert.fail("it succeeded"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof TaskFailedError, String(error));
  return error;
}
