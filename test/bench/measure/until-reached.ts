/** Waits for a count to grow. */
import { setTimeout as sleep } from "node:timers/promises";

/** What does not grow for so long, in ms, is taken to stand still: tasks that are lost never come. */
export const STALLED_MS = 30_000;

/** Reads a count every `pollMs` until it is at least `count`, or does not grow any more; returns the last one. */
export async function untilReached(
  count: number,
  pollMs: number,
  read: () => number | Promise<number>,
): Promise<number> {
  let last = -1;
  let grewAt = performance.now();
  for (;;) {
    const now = await read();
    if (now > last) grewAt = performance.now();
    last = now;
    if (now >= count || performance.now() - grewAt > STALLED_MS) return now;
    await sleep(pollMs);
  }
}
