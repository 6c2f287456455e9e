/** Handlers of methods of a protobuf service that tests run in threads. */
import { threadId } from "node:worker_threads";
import { Code, ConnectError } from "@connectrpc/connect";
import type { HandlerContext } from "../../../src/worker/context.ts";
import type {
  CountRequest,
  EchoRequest,
  FailRequest,
} from "../../gen/conformance/v1/conformance_pb.ts";

export function echo({ text }: EchoRequest, { headers }: HandlerContext) {
  return { text, metadata: { ...headers, thread: String(threadId) } };
}

export async function* count({ count: to }: CountRequest) {
  for (let value = 0; value < to; value++) yield { value };
}

export function fail({ message }: FailRequest): never {
  throw new ConnectError(message, Code.OutOfRange);
}
