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

/** Ends as it is told; `never` spins until its thread is ended. */
export function endsAs(what: "success" | "failure" | "never"): string {
  if (what === "failure") throw new Error("failed in its thread");
  while (what === "never");
  return "done";
}
