/** The types of all programs of the documents, by one run of the compiler. */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./project.ts";

const run = promisify(execFile);

/** What the compiler has to say; empty where it has nothing. */
export async function typeErrors(project: string, files: readonly string[]): Promise<string> {
  const compilerOptions = { noEmit: true, rootDir: "/", types: ["node"], noUnusedLocals: false };
  const config = { extends: join(ROOT, "tsconfig.json"), compilerOptions, files, include: [] };
  await writeFile(join(project, "tsconfig.json"), JSON.stringify(config));
  try {
    await run(join(ROOT, "node_modules/.bin/tsc"), ["-p", project], { cwd: project });
    return "";
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  }
}
