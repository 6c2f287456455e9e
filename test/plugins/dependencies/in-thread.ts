/** A handler that runs in a thread. */
import { QTasksError, type HandlerContext } from "../../../src/index.ts";
import { dependency } from "../../../src/plugins/dependencies/index.ts";

const pool = dependency({ name: "pool", scope: "app", create: () => "pool" });

/** The error of the value that it can't have. */
export async function needsPool(_: undefined, context: HandlerContext): Promise<string> {
  try {
    return await pool.of(context);
  } catch (thrown) {
    const { reason, message } = QTasksError.from(thrown);
    return `${reason}: ${message}`;
  }
}
