/** Holds gen/ against what the generator makes of the protos now. */
import { glob, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../run-tool.ts";
import type { Verdict } from "./check.ts";

/** Generates into a temporary folder and fails, naming the files, where gen/ differs from it. */
export async function checkGenerated(root: string): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), "qtasks-gen-"));
  try {
    const { code, output } = await runTool("buf", ["generate", "--output", folder], { cwd: root });
    if (code !== 0) return { ok: false, output };
    const stale = await differences(join(root, "gen"), join(folder, "gen"));
    return { ok: stale.length === 0, output: [...stale, "run: npm run generate", ""].join("\n") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function differences(committed: string, fresh: string): Promise<string[]> {
  const [before, after] = await Promise.all([readFolder(committed), readFolder(fresh)]);
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return names.flatMap((name) => {
    if (!before.has(name)) return [`gen/${name} is missing`];
    if (!after.has(name)) return [`gen/${name} belongs to no proto`];
    return before.get(name) === after.get(name) ? [] : [`gen/${name} is stale`];
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
