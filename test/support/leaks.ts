/** Finds what a piece of code leaves open. */
import { setTimeout as sleep } from "node:timers/promises";

/** How long a closing socket may take to be gone. */
const GRACE_MS = 2_000;
const POLL_MS = 10;

/** Counts things by their kind. */
export type Count = () => ReadonlyMap<string, number>;

/**
 * Runs `body` and fails when more timers, sockets, servers or processes keep the event loop alive afterwards than
 * before, or more of what `count` counts in their place; names their kinds. What is still closing gets two seconds.
 */
export async function assertNoLeaks(
  body: () => Promise<void>,
  count: Count = countResources,
): Promise<void> {
  const before = count();
  await body();
  const deadlineAt = performance.now() + GRACE_MS;
  let leaked = leakedSince(before, count());
  while (leaked.length > 0 && performance.now() < deadlineAt) {
    await sleep(POLL_MS);
    leaked = leakedSince(before, count());
  }
  if (leaked.length > 0) throw new Error(`left open: ${leaked.join(", ")}`);
}

/** What keeps the event loop alive. */
export function countResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function leakedSince(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): string[] {
  return [...after]
    .map(([kind, count]) => ({ kind, more: count - (before.get(kind) ?? 0) }))
    .filter(({ more }) => more > 0)
    .map(({ kind, more }) => `${more} ${kind}`);
}
