/** The tasks of this example. They run in the web process; main.ts starts it. */
import { setTimeout as sleep } from "node:timers/promises";
import { QueueTasks, type HandlerContext } from "../../../src/index.ts";

export interface ExportInput {
  /** How many rows to write. */
  readonly rows: number;
}

export interface ExportResult {
  readonly rows: number;
  readonly bytes: number;
}

const BATCH_ROWS = 100;
/** How long the database takes for a batch. */
const BATCH_MS = 50;
const ROW_BYTES = 64;

export const app = new QueueTasks();

/** Writes rows, batch by batch; where another attempt wrote some of them, it goes on from there. */
export const writeExport = app.task(
  "exports.write",
  async ({ rows }: ExportInput, context: HandlerContext): Promise<ExportResult> => {
    const { checkpoint, saveCheckpoint, progress, signal } = context;
    let written = checkpoint<number>() ?? 0;
    while (written < rows) {
      await sleep(BATCH_MS, undefined, { signal });
      written = Math.min(rows, written + BATCH_ROWS);
      saveCheckpoint(written);
      progress(written, rows, `${written} rows`);
    }
    return { rows, bytes: rows * ROW_BYTES };
  },
);
