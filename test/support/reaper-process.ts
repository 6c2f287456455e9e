/**
 * The process behind reaper.ts. Its stdin carries one JSON entry a line and closes when the test process dies, however
 * that happens; then it kills the processes and removes the folders that were entered and not crossed out.
 */
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import type { ReaperEntry } from "./reaper.ts";

const pids = new Set<number>();
const folders = new Set<string>();

for await (const line of createInterface({ input: process.stdin })) {
  const entry = JSON.parse(line) as ReaperEntry;
  if (entry.type === "folder") folders.add(entry.path);
  else if (entry.gone) pids.delete(entry.pid);
  else pids.add(entry.pid);
}

for (const pid of pids) kill(pid);
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It may have ended between the two deaths.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
