/** Counts what a process has open, beyond what keeps it alive. */
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import type { EventEmitter } from "node:events";
import { countResources } from "./leaks.ts";

const DESCRIPTORS = "/proc/self/fd";
const THREADS = "/proc/self/task";

/**
 * What keeps the event loop alive, the listeners of emitters by event and, on Linux, open descriptors and threads.
 * `emitters` by name.
 */
export function countOpen(emitters: Readonly<Record<string, EventEmitter>>): Map<string, number> {
  const counts = new Map([...countResources(), ...countDescriptors()]);
  for (const [name, emitter] of Object.entries(emitters))
    for (const event of emitter.eventNames())
      counts.set(`listener of ${name} ${String(event)}`, emitter.listenerCount(event));
  if (existsSync(THREADS)) counts.set("thread", readdirSync(THREADS).length);
  return counts;
}

function countDescriptors(): Map<string, number> {
  const counts = new Map<string, number>();
  if (!existsSync(DESCRIPTORS)) return counts;
  for (const descriptor of readdirSync(DESCRIPTORS)) {
    const kind = `descriptor of ${targetOf(descriptor)}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** A path, or a kind such as `socket`. */
function targetOf(descriptor: string): string {
  try {
    return readlinkSync(`${DESCRIPTORS}/${descriptor}`).replace(/:\[\d+\]$/, "");
  } catch {
    // The one that the folder was read by is closed by now.
    return "nothing";
  }
}
