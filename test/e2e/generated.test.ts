import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, readdir, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { installGoTools, runGo } from "../support/go.ts";
import { startNode, startProcess } from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";
import { ROOT, startServe, type Serve } from "./serve.ts";

const FIXTURES = join(import.meta.dirname, "generated");
const TOOLS = join(ROOT, "node_modules/.bin");
const run = promisify(execFile);

describe("buf generate from a running server makes clients that work", () => {
  test("in TypeScript", async (t) => {
    const server = await startServe(t);
    const folder = tempFolder();
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
    await copyFile(join(FIXTURES, "client.ts.txt"), join(folder, "client.ts"));
    await writeFile(join(folder, "package.json"), '{"type": "module"}');
    await generate(server, folder, "buf.gen.ts.yaml");
    assert.deepEqual(await readdir(join(folder, "gen/qtasksapi/v1")), [
      "admin_service_pb.ts",
      "options_pb.ts",
      "system_service_pb.ts",
      "task_pb.ts",
      "task_service_pb.ts",
      "worker_service_pb.ts",
    ]);

    await checkTypes(folder);
    const client = startNode(t, [join(folder, "client.ts"), `http://${server.grpc}`]);
    const { stdout, stderr } = await client.finished;
    assert.equal(stdout, "true 42\n", stderr);
  });

  test("in Go", async (t) => {
    const server = await startServe(t);
    const folder = tempFolder();
    await copyFile(join(FIXTURES, "main.go"), join(folder, "main.go"));
    const plugins = await installGoTools(
      "google.golang.org/protobuf/cmd/protoc-gen-go",
      "google.golang.org/grpc/cmd/protoc-gen-go-grpc",
    );
    await generate(server, folder, "buf.gen.go.yaml", plugins);
    await writeFile(join(folder, "go.mod"), GO_MOD);
    await runGo(["mod", "tidy"], { cwd: folder });
    await runGo(["build", "-o", "client", "."], { cwd: folder });

    const { stdout, stderr } = await startProcess(t, join(folder, "client"), [server.grpc])
      .finished;
    assert.equal(stdout, "TASK_STATE_SUCCEEDED 42\n", stderr);
  });
});

// The newest that Go 1.19 builds.
const GO_MOD = `module example.com/client

go 1.19

require (
	google.golang.org/grpc v1.64.1
	google.golang.org/protobuf v1.33.0
)
`;

async function generate(server: Serve, cwd: string, template: string, plugins = ""): Promise<void> {
  const path = [plugins, TOOLS, process.env["PATH"]].join(delimiter);
  const args = ["generate", `${server.http}/schema.binpb`, "--template", join(FIXTURES, template)];
  await run(join(TOOLS, "buf"), args, { cwd, env: { ...process.env, PATH: path } });
}

async function checkTypes(cwd: string): Promise<void> {
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024"];
  const more = ["--allowImportingTsExtensions", "--erasableSyntaxOnly", "--verbatimModuleSyntax"];
  const files = ["--types", "node", "--skipLibCheck", "client.ts"];
  await run(join(TOOLS, "tsc"), [...options, ...more, ...files], { cwd });
}
