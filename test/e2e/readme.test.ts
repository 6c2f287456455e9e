import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { runCli, startNode } from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";
import { ROOT, startServe, type Serve } from "./serve.ts";

const TOOLS = join(ROOT, "node_modules/.bin");
const run = promisify(execFile);

describe("what the README says works as it stands", () => {
  test("its shell commands", async (t) => {
    const server = await startServe(t, {
      cwd: ROOT,
      url: `sqlite:${tempFolder()}/tasks.db`,
      app: [join(ROOT, "examples/files/handlers.ts")],
    });
    const temp = tempFolder();
    const env = {
      ...process.env,
      // `npm test` has it too; here for a test that is run by itself.
      PATH: [TOOLS, process.env["PATH"]].join(delimiter),
      QTASKS_SERVER: server.grpc,
    };
    const blocks = blocksOf(await readme(), "sh");
    assert.ok(blocks.length >= 5);
    for (const block of blocks) {
      const script = at(server, block).replaceAll("/tmp/", `${temp}/`);
      const { stdout } = await run("bash", ["-euo", "pipefail", "-c", script], { cwd: ROOT, env });
      if (block.includes("RunTask")) assert.match(stdout, /"state": ?"TASK_STATE_SUCCEEDED"/);
    }
    const generated = await readdir(join(temp, "qtasks-client/gen/qtasksapi/v1"));
    assert.equal(generated.length, 6);
  });

  test("its programs", async (t) => {
    const [tasks = "", enqueue = ""] = blocksOf(await readme(), "ts").map(runnable);
    const folder = tempFolder();
    const app = join(folder, "tasks.ts");
    await writeFile(join(folder, "package.json"), '{"type": "module"}');
    await writeFile(app, tasks);
    const adds = await startServe(t, { app: [app] });
    const args = ["run", "math.add", '{"x": 1, "y": 2}', "--server", adds.grpc];
    assert.equal((await runCli(t, args)).stdout, "3\n");

    const example = [join(ROOT, "examples/files/handlers.ts")];
    const digests = await startServe(t, { cwd: ROOT, app: example });
    await writeFile(join(folder, "enqueue.ts"), at(digests, enqueue));
    const { stdout, stderr } = await startNode(t, [join(folder, "enqueue.ts")]).finished;
    assert.match(stdout, /sha256/, stderr);
  });
});

test("the programs in the README and the guides have no type errors", async () => {
  const folder = tempFolder();
  const guides = (await readdir(join(ROOT, "docs/guides"))).map((name) => `docs/guides/${name}`);
  const files: string[] = [];
  for (const document of ["README.md", ...guides])
    for (const block of blocksOf(await readFile(join(ROOT, document), "utf8"), "ts")) {
      const file = join(folder, document, nameOf(block) ?? `${files.length}.ts`);
      await mkdir(dirname(file), { recursive: true });
      // Code that a reader generates is the example's.
      const code = block.replaceAll("./gen/acme/", `${join(ROOT, "examples/mail/gen/acme")}/`);
      await writeFile(file, `${code}export {};\n`);
      files.push(file);
    }
  assert.ok(files.length >= 4);
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "package.json"), '{"type": "module"}');
  await writeFile(join(folder, "tsconfig.json"), tsconfig(files));
  await run(join(TOOLS, "tsc"), ["-p", folder]).catch((error: unknown) => {
    assert.fail((error as { readonly stdout?: string }).stdout);
  });
});

function tsconfig(files: readonly string[]): string {
  const paths = {
    qtasks: [join(ROOT, "src/index.ts")],
    "qtasks/client": [join(ROOT, "src/client/index.ts")],
  };
  const compilerOptions = { noEmit: true, rootDir: "/", types: ["node"], paths };
  return JSON.stringify({
    extends: join(ROOT, "tsconfig.json"),
    compilerOptions,
    files,
    include: [],
  });
}

function readme(): Promise<string> {
  return readFile(join(ROOT, "README.md"), "utf8");
}

/** The fenced blocks of a language. */
function blocksOf(text: string, language: string): string[] {
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , code = ""]) => code);
}

/** The file that a block says it is, where another block imports it. */
function nameOf(block: string): string | undefined {
  return /^\/\/ ([\w-]+\.ts)\n/.exec(block)?.[1];
}

/** The same, with the addresses of a test's server. */
function at({ grpc, http }: Serve, code: string): string {
  return code.replaceAll("127.0.0.1:50051", grpc).replaceAll("http://127.0.0.1:8080", http);
}

/** The same, importing this checkout instead of the package. */
function runnable(code: string): string {
  return code
    .replaceAll('from "qtasks"', `from "${join(ROOT, "src/index.ts")}"`)
    .replaceAll('from "qtasks/client"', `from "${join(ROOT, "src/client/index.ts")}"`);
}
