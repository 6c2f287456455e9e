import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { once } from "node:events";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { promisify } from "node:util";
import { TaskFailedError } from "../../src/client/index.ts";
import { startNode } from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";
import { clientOf, ROOT, startServe, type Serve } from "./serve.ts";

const EXAMPLE = join(ROOT, "examples/files");
const run = promisify(execFile);

describe("the example on a folder with all kinds of things in it", () => {
  test("digests what is a file, skips the rest with a reason, and sums as sha256sum does", async (t) => {
    const server = await startServe(t, { app: [join(EXAMPLE, "handlers.ts")] });
    const folder = await oddFolder(t);
    const first = await digest(t, server, folder);
    assert.equal(first.code, 0);
    assert.deepEqual(first.summary.skipped, [
      { path: "link", reason: "a symbolic link" },
      { path: "not-utf8-\ufffd", reason: "its name is not UTF-8" },
      { path: "pipe", reason: "a pipe" },
      { path: "socket", reason: "a socket" },
    ]);
    const { report, foundEarlier } = first.summary;
    assert.equal(report.files, 4);
    assert.equal(report.bytes, (3 << 20) - 1 + 13 + 7);
    assert.equal(report.lines, 2);
    assert.equal(foundEarlier, 0);
    const { stdout } = await run("sha256sum", ["--check", first.sums], { cwd: folder });
    assert.equal(stdout.match(/: OK$/gm)?.length, 4);

    const again = await digest(t, server, folder);
    assert.equal(again.summary.foundEarlier, 4);
    assert.equal(await readFile(again.sums, "utf8"), await readFile(first.sums, "utf8"));

    // A changed file makes it another run.
    await writeFile(join(folder, "empty"), "no more");
    assert.equal((await digest(t, server, folder)).summary.foundEarlier, 0);
  });

  test("fails at once, in words, what is no readable file", async (t) => {
    const server = await startServe(t, { app: [join(EXAMPLE, "handlers.ts")] });
    const client = clientOf(t, server);
    const folder = await oddFolder(t);
    for (const [name, why] of [
      ["none", /there is no such file/],
      ["deep", /no regular file/],
      ["link", /a symbolic link/],
      ["pipe", /no regular file/],
      ["socket", /a socket/],
    ] as const) {
      const handle = await client.enqueue("files.digest", { path: join(folder, name) });
      await assert.rejects(handle.result(), (error: unknown) => {
        assert.ok(error instanceof TaskFailedError);
        assert.match(error.message, why);
        return true;
      });
      assert.equal((await handle.get()).attemptCount, 1);
    }
    for (const input of [null, {}, { path: 5 }, "text"]) {
      const handle = await client.enqueue("files.digest", input);
      await assert.rejects(handle.result(), /path: expected a text/);
      assert.equal((await handle.get()).attemptCount, 1);
    }
  });

  test("says what is wrong with its command line, and where no server is", async (t) => {
    const cases: readonly (readonly [args: readonly string[], code: number, why: RegExp])[] = [
      [[], 2, /expected one FOLDER/],
      [["nowhere"], 2, /nowhere/],
      [["src", "--output", "xml"], 2, /table or json/],
      [["src", "--no-such"], 2, /--no-such/],
      [["src", "--server", "127.0.0.1:1"], 4, /127\.0\.0\.1:1/],
    ];
    for (const [args, expected, why] of cases) {
      const { code, stderr } = await startNode(t, [join(EXAMPLE, "run.ts"), ...args], {
        cwd: ROOT,
      }).finished;
      assert.match(stderr, why);
      assert.equal(code, expected);
    }
  });
});

async function oddFolder(t: TestContext): Promise<string> {
  const folder = tempFolder();
  await mkdir(join(folder, "deep/er"), { recursive: true });
  await writeFile(join(folder, "empty"), "");
  await writeFile(join(folder, "deep/er/text.md"), "one\ntwo\nthree");
  await writeFile(join(folder, "deep/line\nbreak \\ name"), "strange");
  // Binary, without a line break.
  await writeFile(join(folder, "deep/big.bin"), Buffer.alloc((3 << 20) - 1, 7));
  await symlink("empty", join(folder, "link"));
  await writeFile(Buffer.concat([Buffer.from(join(folder, "not-utf8-")), Buffer.of(0xff)]), "x");
  await run("mkfifo", [join(folder, "pipe")]);
  const listener = createServer().listen(join(folder, "socket"));
  await once(listener, "listening");
  t.after(() => listener.close());
  return folder;
}

interface Summary {
  readonly report: { readonly files: number; readonly bytes: number; readonly lines: number };
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly foundEarlier: number;
}

async function digest(t: TestContext, server: Serve, folder: string) {
  const sums = join(tempFolder(), "sums.txt");
  const args = [folder, "--server", server.grpc, "--sums", sums, "--output", "json"];
  const { code, stdout, stderr } = await startNode(t, [join(EXAMPLE, "run.ts"), ...args]).finished;
  assert.notEqual(stdout, "", stderr);
  return { code, sums, summary: JSON.parse(stdout) as Summary };
}
