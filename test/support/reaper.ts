/**
 * Cleans up behind a test process that dies, also by SIGKILL, where no exit handler runs: a second process learns of
 * every child and temporary folder, and sees its stdin close. It keeps no test process alive.
 */
import { spawn, type ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { join } from "node:path";

/** What the reaper is told: a process that started or is gone, or a folder to remove. */
export type ReaperEntry =
  | { readonly type: "process"; readonly pid: number; readonly gone: boolean }
  | { readonly type: "folder"; readonly path: string };

// One for each test process: node --test runs every file in a process of its own.
let reaper: ChildProcess | undefined;

/** Has `child` killed when this process dies before it. */
export function reapProcess(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  tell({ type: "process", pid, gone: false });
  child.once("exit", () => tell({ type: "process", pid, gone: true }));
}

/** Has the folder removed when this process ends. */
export function reapFolder(path: string): void {
  tell({ type: "folder", path });
}

function tell(entry: ReaperEntry): void {
  reaper ??= start();
  reaper.stdin?.write(`${JSON.stringify(entry)}\n`);
}

function start(): ChildProcess {
  const script = join(import.meta.dirname, "reaper-process.ts");
  // Detached, so that a Ctrl-C at the terminal leaves it alive to do its work.
  const child = spawn(process.execPath, [script], {
    detached: true,
    stdio: ["pipe", "ignore", "inherit"],
  });
  child.unref();
  (child.stdin as Socket).unref();
  return child;
}
