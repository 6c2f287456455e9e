/**
 * `npm run build`: compiles src/ and gen/ into dist/, or into the folder that is named after it, side by side as in the
 * checkout, and copies the files that the code reads at run time (Lua, SQL) beside the modules that read them.
 */
import { cp, glob, rm } from "node:fs/promises";
import { runTool } from "./run-tool.ts";

const [out = "dist"] = process.argv.slice(2);
await rm(out, { recursive: true, force: true });
const compiled = await runTool("tsc", ["-p", "tsconfig.build.json", "--outDir", out]);
if (compiled.code !== 0) {
  process.stderr.write(compiled.output);
  process.exit(compiled.code);
}
for await (const file of glob("src/**/*.{lua,sql}")) await cp(file, `${out}/${file}`);
