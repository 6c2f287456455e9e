/** The commands of examples/embedding/README.md. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { TestContext } from "node:test";
import { promisify } from "node:util";
import { startProcess } from "../../support/process.ts";
import { ROOT } from "../serve.ts";
import { EMBEDDING, type WebEnv } from "./web.ts";

/** A fenced block: `console` for what runs on in a terminal of its own, a line each, `sh` for what ends. */
export interface Block {
  readonly language: string;
  readonly code: string;
}

/** The blocks below a heading, in their order. */
export async function blocksBelow(heading: string): Promise<Block[]> {
  const text = await readFile(join(EMBEDDING, "README.md"), "utf8");
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  return [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, language = "", code = ""]) => ({ language, code }),
  );
}

export interface Runner {
  /** The checkout that the commands are for. */
  readonly cwd: string;
  readonly env: WebEnv;
}

/** Runs blocks as their reader would, on free ports. Gives what each `sh` block printed. */
export async function runBlocks(
  t: TestContext,
  blocks: readonly Block[],
  { cwd, env }: Runner,
): Promise<string[]> {
  const printed: string[] = [];
  // The package's own commands come from the checkout, the tools of `npx` from node_modules.
  const path = [join(ROOT, "node_modules/.bin"), process.env["PATH"]].join(delimiter);
  const ports = { PORT: "0", QTASKS_GRPC: "127.0.0.1:0", QTASKS_HTTP: "127.0.0.1:0" };
  const own: Record<string, string> = { ...ports, ...env, PATH: path };
  let url = "";
  for (const { language, code } of blocks) {
    if (language === "sh") {
      const script = code.replaceAll("http://127.0.0.1:3000", url);
      const options = { cwd, env: { ...process.env, ...own } };
      printed.push((await run("bash", ["-euo", "pipefail", "-c", script], options)).stdout);
    } else
      for (const line of code.trim().split("\n")) {
        const listening = await start(t, commandOf(line), { cwd, env: own });
        // What listens for gRPC is the task server of what is started next.
        if (listening.startsWith("http")) url = listening;
        else own["QTASKS_SERVER"] = listening;
      }
  }
  return printed;
}

/** Starts a program that goes on; gives where it listens. */
async function start(t: TestContext, command: string, runner: Runner): Promise<string> {
  const started = startProcess(t, "bash", ["-c", `exec ${command}`], runner);
  const [, web, grpc] = await started.waitForLine(/^web: (\S+)$|serves gRPC on (\S+:\d+)/, 30_000);
  return web ?? grpc ?? "";
}

/** `npx` would stay beside the program that it starts, and not hand on how it is ended. */
function commandOf(line: string): string {
  return line.replace(/^\$ /, "").replace(/^npx qtasks /, "node bin/qtasks.js ");
}

const run = promisify(execFile);
