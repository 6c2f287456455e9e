/** Runs the command line tools that the checks are made of. */
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";

/** What a tool printed (stdout and stderr as they came) and its exit code; a signal counts as code 1. */
export interface ToolResult {
  readonly code: number;
  readonly output: string;
}

/** Where to run a tool; `cwd` is the current folder by default. */
export interface ToolOptions {
  readonly cwd?: string;
}

const BIN = join(import.meta.dirname, "../node_modules/.bin");

/** Runs one tool to its end. It is looked for in the project's node_modules first, then on the PATH. */
export function runTool(
  name: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolResult> {
  const path = [BIN, process.env["PATH"]].join(delimiter);
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, {
      cwd: options.cwd,
      env: { ...process.env, PATH: path },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}
