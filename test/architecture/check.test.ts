import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { checkBreaking } from "../../scripts/check/breaking.ts";
import { checkGenerated } from "../../scripts/check/generated.ts";
import { runTool } from "../../scripts/run-tool.ts";
import { tempFolder } from "../support/temp.ts";

const PROTO = `syntax = "proto3";
package made.up.v1;
message Task {
  string id = 1;
  string name = 2;
}
`;

const BUF = JSON.stringify({
  version: "v2",
  modules: [{ path: "proto" }],
  breaking: { use: ["FILE"] },
});

const BUF_GEN = JSON.stringify({
  version: "v2",
  clean: true,
  inputs: [{ directory: "proto" }],
  plugins: [{ local: "protoc-gen-es", out: "gen", opt: ["target=ts"] }],
});

const PARTS = [{ template: "buf.gen.yaml", out: "gen" }];

describe("generated code", () => {
  test("that is fresh passes", async () => {
    assert.equal((await checkGenerated(await generatedProject(), PARTS)).ok, true);
  });

  test("that is stale, missing or left over fails, with the files' names", async () => {
    const root = await generatedProject();
    const folder = join(root, "gen/made/up/v1");
    await writeFile(join(root, "proto/made/up/v1/more.proto"), PROTO.replace("Task", "More"));
    await writeFile(join(folder, "task_pb.ts"), "// edited by hand\n");
    await writeFile(join(folder, "old_pb.ts"), "// its proto is gone\n");
    const verdict = await checkGenerated(root, PARTS);
    assert.equal(verdict.ok, false);
    assert.deepEqual(verdict.output.split("\n").slice(0, 3), [
      "gen/made/up/v1/more_pb.ts is missing",
      "gen/made/up/v1/old_pb.ts belongs to no proto",
      "gen/made/up/v1/task_pb.ts is stale",
    ]);
    assert.equal(await readFile(join(folder, "task_pb.ts"), "utf8"), "// edited by hand\n");
  });
});

describe("breaking changes", () => {
  test("fail on a branch, an addition passes", async () => {
    const root = await repository();
    await git(root, "switch", "--quiet", "--create", "work");
    await commitProto(root, PROTO.replace("}\n", "  string queue = 3;\n}\n"));
    assert.equal((await checkBreaking(root)).ok, true);
    await commitProto(root, PROTO.replace("  string name = 2;\n", ""));
    const verdict = await checkBreaking(root);
    assert.equal(verdict.ok, false);
    assert.match(verdict.output, /field "2" with name "name"/);
  });

  test("fail in a shallow single-branch clone with a detached HEAD", async () => {
    const origin = await repository();
    await git(origin, "switch", "--quiet", "--create", "work");
    await commitProto(origin, PROTO.replace("string id", "bytes id"));
    await git(origin, "switch", "--quiet", "main");
    const root = join(tempFolder(), "clone");
    await git(origin, "clone", "--quiet", "--depth=1", "--branch=work", `file://${origin}`, root);
    await git(root, "checkout", "--quiet", "--detach");
    await git(root, "branch", "--quiet", "--delete", "--force", "work");
    assert.equal((await checkBreaking(root)).ok, false);
  });

  test("are looked for at origin's main before the local one", async () => {
    const origin = await repository();
    const root = join(tempFolder(), "clone");
    await git(origin, "clone", "--quiet", `file://${origin}`, root);
    await commitProto(root, PROTO.replace("string id", "bytes id"));
    assert.equal((await checkBreaking(root)).ok, false);
  });

  test("can't be told without a main branch, or without protos on it", async () => {
    const root = await repository();
    await git(root, "branch", "--quiet", "--move", "trunk");
    const without = await checkBreaking(root);
    assert.deepEqual([without.ok, without.note?.split(":")[0]], [true, "nothing to compare with"]);
    await git(root, "switch", "--quiet", "--orphan", "main");
    await git(root, "commit", "--quiet", "--allow-empty", "--message=empty");
    assert.match((await checkBreaking(root)).note ?? "", /has no protos yet/);
  });
});

async function generatedProject(): Promise<string> {
  const root = await project();
  const { code, output } = await runTool("buf", ["generate"], { cwd: root });
  assert.equal(code, 0, output);
  return root;
}

async function repository(): Promise<string> {
  const root = await project();
  await git(root, "init", "--quiet", "--initial-branch=main");
  await git(root, "config", "user.name", "test");
  await git(root, "config", "user.email", "test@localhost");
  await commitProto(root, PROTO);
  return root;
}

async function project(): Promise<string> {
  const root = tempFolder();
  await writeFile(join(root, "buf.yaml"), BUF);
  await writeFile(join(root, "buf.gen.yaml"), BUF_GEN);
  await mkdir(join(root, "proto/made/up/v1"), { recursive: true });
  await writeFile(join(root, "proto/made/up/v1/task.proto"), PROTO);
  return root;
}

async function commitProto(root: string, text: string): Promise<void> {
  await rm(join(root, "gen"), { recursive: true, force: true });
  await writeFile(join(root, "proto/made/up/v1/task.proto"), text);
  await git(root, "add", ".");
  const author = ["-c", "user.name=test", "-c", "user.email=test@localhost"];
  await git(root, ...author, "commit", "--quiet", "--message=proto");
}

async function git(root: string, ...args: string[]): Promise<void> {
  const { code, output } = await runTool("git", args, { cwd: root });
  assert.equal(code, 0, output);
}
