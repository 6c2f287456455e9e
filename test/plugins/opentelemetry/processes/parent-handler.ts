/** A handler that a test runs in a thread. */
import type { HandlerContext } from "../../../../src/index.ts";

/** Enqueues a child and gives its id. */
export async function parent(_: undefined, { enqueue }: HandlerContext): Promise<string> {
  const { taskId } = await enqueue("child");
  return taskId;
}
