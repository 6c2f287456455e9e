/** Holds the contract against the main branch: what is served there must keep working. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../run-tool.ts";
import type { Verdict } from "./check.ts";

// What is published counts first; a local main may be behind it, or hold the very change that is checked.
const BASES = ["refs/remotes/origin/main", "refs/heads/main"];

/**
 * Runs `buf breaking` against the protos of the main branch. Works in full, shallow and single-branch clones and on
 * a detached HEAD; where there is no main branch, or none with protos, it passes with a note that says so.
 */
export async function checkBreaking(root: string): Promise<Verdict> {
  const base = await findBase(root);
  if (!base) return nothing("there is no main branch, here or at origin");
  const commit = (await git(root, ["rev-parse", "--short", base])).output.trim();
  const protos = await git(root, ["ls-tree", "-r", "--name-only", commit, "proto"]);
  if (protos.output.trim() === "") return nothing(`main (${commit}) has no protos yet`);
  return compare(root, commit);
}

function nothing(why: string): Verdict {
  return { ok: true, output: "", note: `nothing to compare with: ${why}` };
}

async function findBase(root: string): Promise<string | undefined> {
  for (const base of BASES) if (await exists(root, base)) return base;
  // A single-branch clone has neither. FETCH_HEAD is enough, and leaves the clone's branches as they are.
  const fetched = await git(root, ["fetch", "--quiet", "--no-tags", "origin", "main"]);
  return fetched.code === 0 ? "FETCH_HEAD" : undefined;
}

async function exists(root: string, ref: string): Promise<boolean> {
  return (await git(root, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`])).code === 0;
}

async function compare(root: string, commit: string): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), "qtasks-breaking-"));
  // An archive instead of `.git#branch=main`: buf would clone the repository, which a shallow one refuses.
  const archive = join(folder, "main.tar");
  try {
    const packed = await git(root, ["archive", "--format=tar", `--output=${archive}`, commit]);
    if (packed.code !== 0) return { ok: false, output: packed.output };
    const args = ["breaking", "proto", "--against", `${archive}#subdir=proto`];
    const { code, output } = await runTool("buf", args, { cwd: root });
    return { ok: code === 0, output, note: `against main (${commit})` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function git(root: string, args: readonly string[]) {
  return runTool("git", args, { cwd: root });
}
