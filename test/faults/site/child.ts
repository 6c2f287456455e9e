/** Starts the programs of a site, each with a clock that the harness can move. */
import { join } from "node:path";
import { Program } from "./program.ts";

const ROOT = join(import.meta.dirname, "../../..");
const PROGRAMS = join(import.meta.dirname, "../programs");

/** Where a site keeps things. */
export interface ChildFiles {
  /** Folder of the history. */
  readonly history: string;
  /** Folder of what the processes print. */
  readonly logs: string;
  readonly cli: string;
  readonly app: string;
}

export function childFiles(history: string, logs: string): ChildFiles {
  return { history, logs, cli: join(ROOT, "bin/qtasks.js"), app: join(PROGRAMS, "app.ts") };
}

/** Path of one of the suite's programs. */
export function programPath(name: "worker" | "client" | "crowd"): string {
  return join(PROGRAMS, `${name}.ts`);
}

/** A program that is not running yet. `args` begin with its path. */
export function childOf(
  files: ChildFiles,
  name: string,
  ready: RegExp,
  args: readonly string[],
  onMessage?: (message: unknown) => void,
): Program {
  return new Program({
    name,
    ready,
    args: ["--import", join(PROGRAMS, "clock.ts"), ...args],
    folder: files.logs,
    ...(onMessage && { onMessage }),
    env: {
      QTASKS_FAULTS_NAME: name,
      QTASKS_FAULTS_HISTORY: files.history,
      QTASKS_CONFIG: "",
      NODE_NO_WARNINGS: "1",
    },
  });
}
