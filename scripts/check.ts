/** `npm run check`: everything that must hold beside the tests, one line each. Exits with 1 when any check fails. */
import { performance } from "node:perf_hooks";
import { checkBreaking } from "./check/breaking.ts";
import { toolCheck, type Check, type Verdict } from "./check/check.ts";
import { checkGenerated } from "./check/generated.ts";
import { checkImportRules } from "./check/import-rules.ts";
import { checkReference } from "./check/reference.ts";

const ROOT = new URL("..", import.meta.url).pathname;

const CHECKS: readonly Check[] = [
  toolCheck("format", "prettier", ["--check", "--log-level=warn", "."]),
  toolCheck("lint", "oxlint", ["--deny-warnings"]),
  toolCheck("types", "tsc", ["-p", "."]),
  toolCheck("page types", "tsc", ["-p", "examples/browser"]),
  toolCheck("web types", "tsc", ["-p", "clients/typescript/web", "--noEmit"]),
  toolCheck("nest types", "tsc", ["-p", "examples/embedding/nestjs"]),
  { name: "import rules", run: checkImportRules },
  toolCheck("buf lint", "buf", ["lint"]),
  toolCheck("buf format", "buf", ["format", "--diff", "--exit-code"]),
  { name: "buf breaking", run: checkBreaking },
  { name: "generated code", run: checkGenerated },
  { name: "reference", run: checkReference },
];

let failed = 0;
for (const check of CHECKS) {
  const startedAt = performance.now();
  const verdict = await run(check);
  print(check.name, verdict, performance.now() - startedAt);
  if (!verdict.ok) failed++;
}
if (failed > 0) console.log(`${failed} of ${CHECKS.length} checks failed`);
process.exitCode = failed > 0 ? 1 : 0;

async function run(check: Check): Promise<Verdict> {
  try {
    return await check.run(ROOT);
  } catch (error) {
    return { ok: false, output: `${String(error)}\n` };
  }
}

function print(name: string, { ok, note, output }: Verdict, elapsedMs: number): void {
  const seconds = `${(elapsedMs / 1000).toFixed(1)} s`.padStart(7);
  console.log(`${ok ? "✓" : "✗"} ${name.padEnd(14)} ${seconds}${note ? `  ${note}` : ""}`);
  if (!ok) console.log(output.trimEnd().replace(/^/gm, "    "));
}
