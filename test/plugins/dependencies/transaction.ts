/** A value that commits or rolls back, and notes which. */
import { once } from "node:events";
import type { HandlerContext } from "../../../src/index.ts";
import { dependency, type Dependency } from "../../../src/plugins/dependencies/index.ts";

/** What was done of one transaction: its name, and `commit`, or `rollback` with the error's message. */
export type Done = readonly [name: string, what: "commit" | "rollback", why?: string];

export interface TransactionOptions {
  /** Called before it is done; what it throws is thrown by the disposal. */
  readonly ending?: (error: Error | undefined) => unknown;
}

/** Of the scope `task`. */
export function transaction(
  done: Done[],
  name = "tx",
  { ending }: TransactionOptions = {},
): Dependency<string, "task"> {
  return dependency({
    name,
    scope: "task",
    create: () => name,
    dispose: async (_, { error }) => {
      done.push(error === undefined ? [name, "commit"] : [name, "rollback", error.message]);
      await ending?.(error);
    },
  });
}

/** Until the handler is told to stop. */
export async function aborted({ signal }: HandlerContext): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
