/** The handler of QTasks that is measured. */
import { Router, type HandlerContext } from "../../../src/index.ts";
import { RESULT, TASK, type Handled } from "./work-items.ts";

/** A router with the one task, whose handler does nothing but note the id. */
export function benchRouter(handled: Handled): Router {
  const router = new Router();
  router.task(TASK, async (_input: unknown, context: HandlerContext) => {
    handled.add(context.taskId);
    return RESULT;
  });
  return router;
}
