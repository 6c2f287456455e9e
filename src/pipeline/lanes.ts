/**
 * Lanes gather concurrent calls of one kind into batches for the backend, and repeat a batch while the
 * datastore is out of reach for a moment.
 */
import { Coalescer } from "../core/coalescer.ts";
import type { TaskRecord } from "../core/record.ts";
import type {
  Change,
  CreateVerdict,
  NewTask,
  Renewal,
  RenewVerdict,
  WriteVerdict,
} from "../storage/storage.ts";
import type { Backend } from "./backend.ts";
import { repeat } from "./repeat.ts";

const BATCH_ITEMS = 500;
const BATCH_BYTES = 1 << 20;

/** One call per item; the batches are made here. */
export interface Lanes {
  create(task: NewTask): Promise<CreateOutcome>;
  read(id: string): Promise<TaskRecord | undefined>;
  write(change: Change): Promise<WriteVerdict>;
  renew(renewal: Renewal): Promise<RenewVerdict>;
  /** Settles when every batch under way has landed. */
  idle(): Promise<void>;
}

export interface CreateOutcome {
  readonly verdict: CreateVerdict;
  /** The batch was tried more than once: "exists" may be this very task. */
  readonly repeated: boolean;
}

/** `written` is told of every record that was created or changed through these lanes. */
export function openLanes(backend: Backend, written: (record: TaskRecord) => void): Lanes {
  const { storage } = backend;
  const creates = new Coalescer<NewTask, CreateOutcome>({
    run: (tasks) => {
      let tries = 0;
      return repeat(async () => {
        tries++;
        const verdicts = await backend.create(tasks);
        return verdicts.map((verdict) => ({ verdict, repeated: tries > 1 }));
      });
    },
    maxItems: BATCH_ITEMS,
    maxBytes: BATCH_BYTES,
    sizeOf: (task) => task.record.spec.length,
  });
  const writes = new Coalescer<Change, WriteVerdict>({
    run: async (changes) => {
      const verdicts: WriteVerdict[] = [];
      for (const round of rounds(changes))
        verdicts.push(...(await repeat(() => backend.write(round))));
      return verdicts;
    },
    maxItems: BATCH_ITEMS,
    maxBytes: BATCH_BYTES,
    sizeOf: changeBytes,
  });
  const reads = new Coalescer<string, TaskRecord | undefined>({
    run: (ids) => repeat(() => storage.read({ ids })),
    maxItems: BATCH_ITEMS,
  });
  const renewals = new Coalescer<Renewal, RenewVerdict>({
    run: (items) => repeat(() => storage.renew({ renewals: items })),
    maxItems: BATCH_ITEMS,
  });
  return {
    create: async (task) => {
      const outcome = await creates.add(task);
      if (outcome.verdict.kind === "created") written(task.record);
      return outcome;
    },
    read: (id) => reads.add(id),
    write: async (change) => {
      const verdict = await writes.add(stamped(change));
      if (verdict.kind === "applied") written(change.after);
      return verdict;
    },
    renew: (renewal) => renewals.add(renewal),
    idle: async () => {
      await Promise.all([creates.idle(), writes.idle(), reads.idle(), renewals.idle()]);
    },
  };
}

/** Two servers may make the same of a record in the same millisecond: one of them has lost. */
function stamped(change: Change): Change {
  const stamp = Math.floor(Math.random() * 2 ** 32);
  return { ...change, after: { ...change.after, stamp } };
}

/** Runs of changes of which each touches a task once, as the storage asks for. Nearly always one. */
function rounds(changes: readonly Change[]): Change[][] {
  const runs: Change[][] = [];
  let ids = new Set<string>();
  for (const change of changes) {
    if (runs.length === 0 || ids.has(change.after.id)) {
      runs.push([]);
      ids = new Set();
    }
    ids.add(change.after.id);
    runs.at(-1)!.push(change);
  }
  return runs;
}

function changeBytes(change: Change): number {
  const events = change.events ?? [];
  return events.reduce(
    (bytes, event) => bytes + event.body.length,
    change.after.result?.length ?? 0,
  );
}
