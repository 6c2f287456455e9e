/** Holds generated code against what the generator makes of the protos now. */
import { glob, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../run-tool.ts";
import type { Verdict } from "./check.ts";

/** Code that one template generates into one folder. */
interface Part {
  readonly template: string;
  readonly out: string;
}

// The contract's code, and that of users' services: of the example and of the tests.
const PARTS: readonly Part[] = [
  { template: "buf.gen.yaml", out: "gen" },
  { template: "examples/mail/buf.gen.yaml", out: "examples/mail/gen" },
  { template: "test/buf.gen.yaml", out: "test/gen" },
];

/** Generates into a temporary folder and fails, naming the files, where what is committed differs from it. */
export async function checkGenerated(root: string, parts = PARTS): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), "qtasks-gen-"));
  const stale: string[] = [];
  try {
    for (const { template, out } of parts) {
      const args = ["generate", "--template", template, "--output", folder];
      const { code, output } = await runTool("buf", args, { cwd: root });
      if (code !== 0) return { ok: false, output };
      stale.push(...(await differences(root, folder, out)));
    }
    return { ok: stale.length === 0, output: [...stale, "run: npm run generate", ""].join("\n") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function differences(root: string, fresh: string, out: string): Promise<string[]> {
  const folders = [join(root, out), join(fresh, out)] as const;
  const [before, after] = await Promise.all(folders.map(readFolder));
  const names = [...new Set([...before!.keys(), ...after!.keys()])].toSorted();
  return names.flatMap((name) => {
    if (!before!.has(name)) return [`${out}/${name} is missing`];
    if (!after!.has(name)) return [`${out}/${name} belongs to no proto`];
    return before!.get(name) === after!.get(name) ? [] : [`${out}/${name} is stale`];
  });
}

async function readFolder(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const entry of glob("**/*", { cwd: folder, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length + 1), await readFile(path, "utf8"));
  }
  return files;
}
