/** Holds the documentation that is made of the code against the code. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { formatted } from "../reference/formatted.ts";
import { HOOKS_FILE, hooksReference } from "../reference/hooks.ts";
import type { Verdict } from "./check.ts";

/** Fails where the reference of the hooks is not what the table of points makes now. */
export async function checkReference(root: string): Promise<Verdict> {
  const fresh = await formatted(root, hooksReference(root));
  const kept = await readFile(join(root, HOOKS_FILE), "utf8").catch(() => "");
  if (kept === fresh) return { ok: true, output: "" };
  return { ok: false, output: `${HOOKS_FILE} is stale\nrun: npm run generate:reference\n` };
}
