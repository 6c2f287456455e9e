import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, readdir, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { requireProgram } from "../support/debian.ts";
import { startProcess, type Finished, type RunningProcess } from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";
import { clientOf, HANDLERS, ROOT, startServe, type Serve } from "./serve.ts";

const RUBY = {
  command: "ruby",
  debianPackage: "ruby",
  variable: "QTASKS_RUBY",
  alongside: ["ruby-grpc", "protobuf-compiler", "protobuf-compiler-grpc"],
  check: "command -v protoc && command -v grpc_ruby_plugin && ruby -r grpc -e 1",
};

const EXAMPLE = join(ROOT, "examples/ruby");
const MAIL = join(ROOT, "examples/mail/handlers.ts");
const SEND = "acme.mail.v1.MailTasks/SendEmail";
const TOOLS = join(ROOT, "node_modules/.bin");
const run = promisify(execFile);

describe("programs in Ruby, of generated code only", () => {
  test("enqueue, await and call by stubs, as clients/README.md says", async (t) => {
    const ruby = await generate(t);
    assert.deepEqual((await readdir(join(ruby.folder, "gen/qtasksapi/v1"))).sort(), [
      "admin_service_pb.rb",
      "admin_service_services_pb.rb",
      "options_pb.rb",
      "system_service_pb.rb",
      "system_service_services_pb.rb",
      "task_pb.rb",
      "task_service_pb.rb",
      "task_service_services_pb.rb",
      "worker_service_pb.rb",
      "worker_service_services_pb.rb",
    ]);

    const added = await ruby.run("client.rb", "e2e.add", '{"x": 20, "y": 22}');
    assert.equal(added.stdout, "42\n", added.stderr);
    const failed = await ruby.run("client.rb", "e2e.fail", '{"message": "no"}');
    assert.match(failed.stderr, /^TASK_STATE_FAILED: e2e\.Failed no$/m);
    assert.equal(failed.code, 1);
    const unknown = await ruby.run("client.rb", "e2e.none", "{}");
    assert.match(unknown.stderr, /^DEFINITION_NOT_FOUND: /);

    const called = await ruby.run("call.rb", "a@example.com", "b@example.com", "c@example.com");
    assert.match(called.stdout, /^a@\S+: \S{36}\nb@\S+: \S{36}\nc@\S+: \S{36}\n$/, called.stderr);
    assert.match(called.stderr, /^task \S{36} succeeded$/m);
    const refused = await ruby.run("call.rb", "nobody");
    assert.equal(refused.stderr, "GRPC::InvalidArgument (failed): no address: nobody\n");
  });

  test("run tasks: JSON and typed, failed, too large, canceled, drained", async (t) => {
    const ruby = (await generate(t)).at(await startServe(t, { app: [] }));
    const worker = await ruby.startWorker();

    const digest = await ruby.run("client.rb", "ruby.digest", '{"text": "abc"}');
    assert.match(digest.stdout, /^{"sha256":"ba7816bf[0-9a-f]{56}"}\n$/, digest.stderr);
    const malformed = await ruby.run("client.rb", "ruby.digest", "{");
    assert.match(malformed.stderr, /^TASK_STATE_FAILED: Tasks::Undecodable /m);
    for (const times of [2 << 20, 8 << 20]) {
      const input = JSON.stringify({ text: "x", times });
      const large = await ruby.run("client.rb", "ruby.repeat", input);
      assert.match(large.stderr, /^TASK_STATE_FAILED: PAYLOAD_TOO_LARGE /m);
    }
    const called = await ruby.run("call.rb", "a@example.com");
    assert.match(called.stdout, /^a@example\.com: \S{36}\n$/, called.stderr);
    const refused = await ruby.run("call.rb", "nobody");
    assert.equal(refused.stderr, "GRPC::InvalidArgument (failed): no address: nobody\n");

    const canceled = await ruby.startSleep(60);
    canceled.kill("SIGINT");
    assert.match((await canceled.finished).stderr, /^TASK_STATE_CANCELED: /m);

    const finished = await ruby.startSleep(1);
    worker.kill("SIGTERM");
    assert.deepEqual(await worker.exit, { code: 0, signal: null }, worker.stderr);
    assert.equal((await finished.finished).stdout, '{"slept":1,"attempt":1}\n');
  });

  test("go on where they were when the server is killed", async (t) => {
    const generated = await generate(t);
    const url = `sqlite:${join(generated.folder, "tasks.db")}`;
    let server = await startServe(t, { url, app: [] });
    const ruby = generated.at(server);
    const restart = async (): Promise<void> => {
      server.process.kill("SIGKILL");
      await server.process.exit;
      server = await startServe(t, { url, app: [], grpc: server.grpc });
    };

    const worker = await ruby.startWorker();
    const sleeping = await ruby.startSleep(1);
    await restart();
    const slept = await sleeping.finished;
    assert.equal(slept.stdout, '{"slept":1,"attempt":1}\n', slept.stderr);
    worker.kill("SIGTERM");
    assert.equal((await worker.exit).code, 0, worker.stderr);

    const call = ruby.start("call.rb", "a@example.com");
    const [id] = await ruby.calls();
    await restart();
    await ruby.startWorker();
    const { stderr } = await call.finished;
    assert.equal(stderr, `task ${id} succeeded\n`);
    assert.deepEqual(await ruby.calls(), [id]);
  });
});

/** The example's programs, with code generated by the command of clients/README.md, and a server with tasks in TypeScript. */
async function generate(t: TestContext): Promise<Ruby> {
  const program = process.env[RUBY.variable] || (await requireProgram(RUBY));
  const server = await startServe(t, { app: [MAIL, HANDLERS] });
  const folder = tempFolder();
  for (const name of await readdir(EXAMPLE))
    if (name !== "gen") await copyFile(join(EXAMPLE, name), join(folder, name));
  const readme = await readFile(join(ROOT, "clients/README.md"), "utf8");
  const [command] = readme.match(/^buf generate \S+schema\.binpb$/m) ?? [];
  assert.ok(command);
  const env = { ...process.env, PATH: [TOOLS, process.env["PATH"]].join(delimiter) };
  const args = ["-c", command.replace("http://127.0.0.1:8080", server.http)];
  await run("sh", args, { cwd: folder, env });
  return new Ruby(t, program, folder, server);
}

/** Runs the programs of a folder against a server. */
class Ruby {
  readonly folder: string;
  readonly #t: TestContext;
  readonly #program: string;
  readonly #server: Serve;

  constructor(t: TestContext, program: string, folder: string, server: Serve) {
    this.folder = folder;
    this.#t = t;
    this.#program = program;
    this.#server = server;
  }

  /** The same programs against another server. */
  at(server: Serve): Ruby {
    return new Ruby(this.#t, this.#program, this.folder, server);
  }

  start(...args: readonly string[]): RunningProcess {
    const env = { QTASKS_SERVER: this.#server.grpc };
    return startProcess(this.#t, this.#program, ["-I", "gen", ...args], { cwd: this.folder, env });
  }

  run(...args: readonly string[]): Promise<Finished> {
    return this.start(...args).finished;
  }

  /** A worker that is registered. */
  async startWorker(): Promise<RunningProcess> {
    const worker = this.start("worker.rb");
    await worker.waitForLine(/^registered /);
    return worker;
  }

  /** A client that waits for `ruby.sleep`, which runs. */
  async startSleep(seconds: number): Promise<RunningProcess> {
    const client = this.start("client.rb", "ruby.sleep", JSON.stringify({ seconds }));
    const [, id = ""] = await client.waitForLine(/^enqueued (\S+)$/);
    for await (const change of clientOf(this.#t, this.#server).watch(id))
      if (change.type === "task" && change.task.state === TaskState.RUNNING) return client;
    throw new Error(`ended before it was seen running: ${id}`);
  }

  /** The ids of the calls of SendEmail, once there is one. */
  async calls(): Promise<string[]> {
    const client = clientOf(this.#t, this.#server);
    for (;;) {
      const { tasks } = await client.listPage({ names: [SEND] });
      if (tasks.length > 0) return tasks.map(({ taskId }) => taskId);
      await sleep(20);
    }
  }
}
