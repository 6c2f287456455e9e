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
import { WritesUnderWay } from "./writes-under-way.ts";

const BATCH_ITEMS = 500;
const BATCH_BYTES = 1 << 20;

/** One call per item, or one for many; the batches are made here. */
export interface Lanes {
  create(task: NewTask): Promise<CreateOutcome>;
  /** An outcome for each task, in order; an error stays in its task's place. */
  createAll(tasks: readonly NewTask[]): Promise<readonly (CreateOutcome | Error)[]>;
  read(id: string): Promise<TaskRecord | undefined>;
  write(change: Change): Promise<WriteVerdict>;
  /** A verdict for each change, in order; an error stays in its change's place. */
  writeAll(changes: readonly Change[]): Promise<readonly (WriteVerdict | Error)[]>;
  /** Resolves when the write of this task that is under way here has landed or failed; undefined where there is none. */
  landing(id: string): Promise<void> | undefined;
  renew(renewal: Renewal): Promise<RenewVerdict>;
  /** Settles when every batch under way has landed. */
  idle(): Promise<void>;
}

export interface CreateOutcome {
  readonly verdict: CreateVerdict;
  /** The batch was tried more than once: "exists" may be this very task. */
  readonly repeated: boolean;
}

/** `written` is told of every record that was created or changed through these lanes, before its caller. */
export function openLanes(backend: Backend, written: (record: TaskRecord) => void): Lanes {
  const { storage } = backend;
  const creates = new Coalescer<NewTask, CreateOutcome>({
    run: async (tasks) => {
      let tries = 0;
      const verdicts = await repeat(() => {
        tries++;
        return backend.create(tasks);
      });
      const repeated = tries > 1;
      return verdicts.map((verdict, index) => {
        if (verdict.kind === "created") written(tasks[index]!.record);
        return { verdict, repeated };
      });
    },
    maxItems: BATCH_ITEMS,
    maxBytes: BATCH_BYTES,
    sizeOf: (task) => task.record.spec.length,
  });
  const underWay = new WritesUnderWay();
  const write = async (changes: readonly Change[]): Promise<WriteVerdict[]> => {
    const all: WriteVerdict[] = [];
    for (const round of rounds(changes)) {
      const verdicts = await repeat(() => backend.write(round));
      for (let at = 0; at < round.length; at++)
        if (verdicts[at]!.kind === "applied") written(round[at]!.after);
      all.push(...verdicts);
    }
    return all;
  };
  const writes = new Coalescer<Change, WriteVerdict>({
    run: (changes) => underWay.during(changes, () => write(changes)),
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
    create: (task) => creates.add(task),
    createAll: (tasks) => creates.addAll(tasks),
    read: (id) => reads.add(id),
    write: (change) => writes.add(change),
    writeAll: (changes) => writes.addAll(changes),
    landing: (id) => underWay.landing(id),
    renew: (renewal) => renewals.add(renewal),
    idle: async () => {
      await Promise.all([creates.idle(), writes.idle(), reads.idle(), renewals.idle()]);
    },
  };
}

/** Runs of changes of which each touches a task once, as the storage asks for. Nearly always one. */
function rounds(changes: readonly Change[]): (readonly Change[])[] {
  const runs: (readonly Change[])[] = [];
  const ids = new Set<string>();
  let from = 0;
  for (let at = 0; at < changes.length; at++) {
    const { id } = changes[at]!.after;
    if (ids.has(id)) {
      runs.push(changes.slice(from, at));
      from = at;
      ids.clear();
    }
    ids.add(id);
  }
  runs.push(from === 0 ? changes : changes.slice(from));
  return runs;
}

function changeBytes({ after, events }: Change): number {
  let bytes = after.result?.length ?? 0;
  if (events !== undefined) for (const event of events) bytes += event.body.length;
  return bytes;
}
