/** What a process costs, as the kernel counts it. */
import { readFileSync } from "node:fs";
import { processTree } from "./process-tree.ts";

/** Clock ticks of `/proc/PID/stat`: 100 a second on every platform that Node runs on. */
const MS_PER_TICK = 10;

/** A part of a measured system. */
export interface Part {
  /** What it does: `load`, `server`, `worker`, `redis`. */
  readonly role: string;
  readonly pid: number;
}

/** What one process took, with those that it started. */
export interface Cost {
  readonly role: string;
  /** User and system time of all its threads in the measured span, in ms. */
  readonly cpuMs: number;
  /** Resident memory at the end of the span, in bytes. */
  readonly rssBytes: number;
  /** The most that was resident since the process started, in bytes. */
  readonly peakRssBytes: number;
}

/** Starts to measure; the function that it returns tells what each process took since. */
export function meter(parts: readonly Part[]): () => Cost[] {
  const before = parts.map(({ pid }) => treeCpuMs(pid));
  return () =>
    parts.map(({ role, pid }, index) => ({
      role,
      cpuMs: treeCpuMs(pid) - before[index]!,
      rssBytes: treeMemory(pid, "VmRSS"),
      peakRssBytes: treeMemory(pid, "VmHWM"),
    }));
}

/** Resident memory of a process, in bytes. */
export function rssBytes(pid: number): number {
  return memory(pid, "VmRSS");
}

function treeCpuMs(pid: number): number {
  return processTree(pid).reduce((sum, one) => sum + cpuMs(one), 0);
}

function treeMemory(pid: number, field: "VmRSS" | "VmHWM"): number {
  return processTree(pid).reduce((sum, one) => sum + memory(one, field), 0);
}

function cpuMs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name, in parentheses, may have spaces; user time is the 12th field behind it, system time the next.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

function memory(pid: number, field: "VmRSS" | "VmHWM"): number {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text)?.[1]) * 1024;
}
