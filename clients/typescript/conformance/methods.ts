/** The methods of ConformanceTasks that every conformance worker runs: all but Missing and Upload. */
import { ConnectError } from "@connectrpc/connect";
import { ErrorInfoSchema } from "../../../gen/google/rpc/error_details_pb.ts";
import type { ConformanceTasks } from "../../../test/gen/conformance/v1/conformance_pb.ts";
import type { HandlerContext, ServiceHandlers } from "../node/index.ts";
import { pause } from "./functions.ts";

export const METHODS: ServiceHandlers<typeof ConformanceTasks> = {
  echo: ({ text }, context) => ({
    text,
    metadata: told(context),
    hasDeadline: context.deadline !== undefined,
  }),
  count: async function* ({ count, delayMs }, context) {
    for (let value = 0; value < count; value++) {
      yield { value };
      await pause(delayMs, context);
    }
  },
  fail: ({ code, message, reason }) => {
    const info = { desc: ErrorInfoSchema, value: { reason, domain: "conformance" } };
    throw new ConnectError(message, code, undefined, reason === "" ? [] : [info]);
  },
  wait: async ({ delayMs }, context) => {
    await pause(delayMs, context);
    return { attempt: context.attempt, pid: process.pid };
  },
};

function told({ taskId, attempt, fencingToken, headers }: HandlerContext): Record<string, string> {
  const own = Object.entries(headers).filter(([key]) => key.startsWith("x-conformance"));
  return {
    ...Object.fromEntries(own),
    "qtasks-task-id": taskId,
    "qtasks-attempt": String(attempt),
    "qtasks-fencing-token": String(fencingToken),
  };
}
