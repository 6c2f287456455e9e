/** What `qtasks serve` runs in the benchmark. */
import { benchRouter } from "./bench-router.ts";
import { serveCalls } from "./serve-calls.ts";
import { Handled } from "./work-items.ts";

const handled = new Handled();

export const router = benchRouter(handled);

const functions = {
  /** Resolves when the handler was called so often since the ids were last taken. */
  reaches: ({ count }: { count: number }) => handled.reaches(count),
  /** Takes the ids. */
  handled: () => handled.take(),
};

/** What the benchmark can ask the server's process. */
export type QTasksApp = typeof functions;

serveCalls(functions);
