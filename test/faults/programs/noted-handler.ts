/** Notes when handlers run. */
import type { HandlerContext } from "../../../src/worker/context.ts";
import type { HistoryLog } from "../history/log.ts";

type HandlerOf<Input> = (input: Input, context: HandlerContext) => Promise<unknown>;

/** `tokenOf` gives the lease of an attempt, where this process knows it. */
export function noted<Input>(
  log: HistoryLog,
  tokenOf: (taskId: string, attempt: number) => string,
  handler: HandlerOf<Input>,
): HandlerOf<Input> {
  return async (input, context) => {
    const { taskId, attempt } = context;
    const about = { taskId, attempt, token: tokenOf(taskId, attempt) };
    log.writeNow({ type: "handlerStarted", ...about });
    try {
      return await handler(input, context);
    } finally {
      log.write({ type: "handlerEnded", ...about });
    }
  };
}
