import { isWaiting, type TaskRecord } from "../../core/record.ts";
import type { StorageNotice, Work } from "../../storage/storage.ts";

/** The notice of records that were written: every change, and the work among them. */
export function noticeOf(records: readonly TaskRecord[]): StorageNotice {
  const waiting = records.filter((record) => isWaiting(record.state));
  return {
    kind: "changes",
    changes: records.map(({ id, state, revision }) => ({ id, state, revision })),
    work: gatherWork(waiting, (record) => record.dueAt).map(({ at, ...work }) => ({
      ...work,
      dueAt: at,
    })),
  };
}

/** One entry per queue and name, with the earliest time among its items. */
export function gatherWork<Item extends Pick<Work, "queue" | "name">>(
  items: readonly Item[],
  atOf: (item: Item) => number,
): (Omit<Work, "dueAt"> & { readonly at: number })[] {
  const work = new Map<string, { queue: string; name: string; count: number; at: number }>();
  for (const item of items) {
    const { queue, name } = item;
    const at = atOf(item);
    const key = JSON.stringify([queue, name]);
    const known = work.get(key);
    if (known === undefined) work.set(key, { queue, name, count: 1, at });
    else {
      known.count += 1;
      known.at = Math.min(known.at, at);
    }
  }
  return [...work.values()];
}
