/** Cancel and retry by filter, a page at a time; the cut-off in the page token makes the pages end. */
import type { TaskFilter } from "../../gen/qtasksapi/v1/task_pb.ts";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { QTasksError } from "../core/errors.ts";
import { isTerminal, type TaskRecord } from "../core/record.ts";
import { TERMINAL_STATES } from "../core/transitions.ts";
import type { Cursor, Storage } from "../storage/storage.ts";
import type { Control } from "./control.ts";
import { repeat } from "./repeat.ts";

/** Tasks that one page changes, and records that it looks at. */
const PAGE_TASKS = 500;
const MAX_EXAMINED = 2_000;

/** Where a bulk operation stands between two pages. */
export interface BulkPosition {
  readonly cutoffAt: number;
  readonly after: Cursor;
}

export interface BulkPage<T> {
  readonly results: readonly T[];
  /** Unset at the end. */
  readonly next?: BulkPosition | undefined;
}

export class Bulk {
  readonly #storage: Storage;
  readonly #control: Control;

  constructor(storage: Storage, control: Control) {
    this.#storage = storage;
    this.#control = control;
  }

  /** Cancels a page of what matches and is not terminal. */
  cancel(
    filter: TaskFilter,
    params: { readonly reason: string; readonly forceAfterMs?: number | undefined },
    position: BulkPosition | undefined,
  ): Promise<BulkPage<TaskRecord>> {
    return this.#page(filter, position, async (record) =>
      isTerminal(record.state)
        ? undefined
        : unlessGone(() => this.#control.cancel({ ...params, taskId: record.id })),
    );
  }

  /** Retries a page of the terminal tasks that match; those whose unique key is held are left out. */
  retry(filter: TaskFilter, position: BulkPosition | undefined): Promise<BulkPage<TaskRecord>> {
    const terminal = filter.states.length === 0 ? [...TERMINAL_STATES] : filter.states;
    const states = terminal.filter((state) => isTerminal(state));
    if (states.length === 0) return Promise.resolve({ results: [] });
    return this.#page({ ...filter, states }, position, (record) =>
      unlessGone(() =>
        this.#control.retry({ taskId: record.id, expectedRevision: record.revision }),
      ),
    );
  }

  async #page(
    filter: TaskFilter,
    position: BulkPosition | undefined,
    act: (record: TaskRecord) => Promise<TaskRecord | undefined>,
  ): Promise<BulkPage<TaskRecord>> {
    // One more, so that what came in this very millisecond before the call is in.
    const cutoffAt = position?.cutoffAt ?? this.#storage.now() + 1;
    const page = await repeat(() =>
      this.#storage.list({
        filter,
        after: position?.after,
        cutoffAt,
        limit: PAGE_TASKS,
        maxExamined: MAX_EXAMINED,
      }),
    );
    const results = await Promise.all(page.records.map(act));
    const next = page.next === undefined ? undefined : { cutoffAt, after: page.next };
    return { results: results.filter((record) => record !== undefined), next };
  }
}

/** Between list and change a task may move on; that page has then nothing to do with it. */
async function unlessGone(act: () => Promise<TaskRecord>): Promise<TaskRecord | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof QTasksError && PASSED_OVER.has(error.reason)) return undefined;
    throw error;
  }
}

const PASSED_OVER: ReadonlySet<string> = new Set([
  "TASK_NOT_FOUND",
  "TASK_NOT_TERMINAL",
  "REVISION_MISMATCH",
  "UNIQUE_KEY_HELD",
]);

/** How many of the records are canceled, and how many are being canceled. */
export function countCanceled(records: readonly TaskRecord[]): {
  canceled: number;
  canceling: number;
} {
  const canceled = records.filter((record) => record.state === TaskState.CANCELED).length;
  const canceling = records.filter((record) => record.state === TaskState.CANCELING).length;
  return { canceled, canceling };
}
