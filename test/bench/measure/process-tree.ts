/** A process with those that it started. */
import { readdirSync, readFileSync } from "node:fs";

/** The process and all its descendants, by pid. Empty when it is gone. */
export function processTree(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const children = threads.flatMap((thread) => childrenOf(pid, thread));
    return [pid, ...children.flatMap(processTree)];
  } catch (error) {
    // It ended while it was being read.
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}

function childrenOf(pid: number, thread: string): number[] {
  const text = readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}
