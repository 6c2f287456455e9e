/** What `qtasks serve` runs in the benchmark: a handler that does nothing but note the ids it was called with. */
import { Router, type HandlerContext } from "../../../src/index.ts";
import { serveCalls } from "./serve-calls.ts";
import { Handled, RESULT, TASK } from "./work-items.ts";

const handled = new Handled();

export const router = new Router();

router.task(TASK, async (_input: unknown, context: HandlerContext) => {
  handled.add(context.taskId);
  return RESULT;
});

const functions = {
  reaches: ({ count }: { count: number }) => handled.reaches(count),
  handled: () => handled.take(),
};

/** What the benchmark can ask the server's process. */
export type QTasksApp = typeof functions;

if (process.connected) serveCalls(functions);
