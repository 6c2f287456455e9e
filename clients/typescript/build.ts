/**
 * `node build.ts [node|web]…`: compiles the packages, each from its entry and what that imports, be it in src/ and gen/
 * of the checkout. docs/decisions/0016 says why.
 */
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "../../scripts/run-tool.ts";

const ROOT = join(import.meta.dirname, "../..");
const PACKAGES: readonly string[] = ["node", "web"];

const named = process.argv.slice(2);
const unknown = named.find((name) => !PACKAGES.includes(name));
if (unknown !== undefined) {
  process.stderr.write(`no package is called ${unknown}; there are ${PACKAGES.join(" and ")}\n`);
  process.exit(1);
}
for (const name of named.length > 0 ? named : PACKAGES) await build(name);

async function build(name: string): Promise<void> {
  const folder = join(import.meta.dirname, name);
  await rm(join(folder, "dist"), { recursive: true, force: true });
  const { code, output } = await runTool("tsc", ["-p", folder]);
  process.stderr.write(output);
  if (code !== 0) process.exit(code);
  // For those who generate code that imports the contracts.
  await cp(join(ROOT, "proto"), join(folder, "dist/proto"), { recursive: true });
}
