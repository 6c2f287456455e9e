/** `npm run check`'s view of the import rules; the same rules are a test in test/architecture. */
import { checkImports } from "../imports/check-imports.ts";
import type { Verdict } from "./check.ts";

/** Fails with one line for each import under src/ that breaks a rule and for each import cycle. */
export async function checkImportRules(root: string): Promise<Verdict> {
  const problems = await checkImports(root);
  return { ok: problems.length === 0, output: problems.map((line) => `${line}\n`).join("") };
}
