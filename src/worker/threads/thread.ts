/** What runs in a thread: one handler at a time. Loaded by its file, see threads.ts. */
import { isMessage } from "@bufbuild/protobuf";
import { receiveMessageOnPort } from "node:worker_threads";
import { PayloadSchema, type Payload } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { HandlerContext } from "../context.ts";
import { TerminalError } from "../errors.ts";
import { InlineExecutor } from "../executor.ts";
import type { Handler } from "../handler.ts";
import { loadHandler } from "../module-handler.ts";
import { encodeResult } from "../payload.ts";
import type { ThreadAnswer, ThreadTask } from "./messages.ts";
import { packError } from "./packed-error.ts";
import { ThreadContext } from "./thread-context.ts";

const executor = new InlineExecutor();

/** Runs the handler; how it ended is the answer, and what it told before has left by then. Never rejects. */
export async function run(task: ThreadTask): Promise<ThreadAnswer> {
  const received = receiveMessageOnPort(task.port) as { readonly message: unknown };
  const thread = new ThreadContext(task);
  try {
    const handler = await handlerOf(task);
    const value = await runHandler(handler, task, received.message, thread.context);
    if (task.raw) return { value: cloned(value) };
    return { value: encoded(value), isPayload: isMessage(value, PayloadSchema) };
  } catch (thrown) {
    return { error: packError(thrown) };
  } finally {
    thread.close();
  }
}

function handlerOf({ href, exportName }: ThreadTask): Promise<Handler> {
  return loadHandler({ href, exportName });
}

async function runHandler(
  handler: Handler,
  { facts }: ThreadTask,
  input: unknown,
  context: HandlerContext,
): Promise<unknown> {
  const registration = { definition: { name: facts.name }, handler };
  return executor.run({ registration, input, context });
}

function encoded(value: unknown): Payload | undefined {
  try {
    return encodeResult(value);
  } catch (error) {
    throw notSent(error);
  }
}

/** What can't be cloned must fail here: later it would end the thread. */
function cloned(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch (error) {
    throw notSent(error);
  }
}

function notSent(cause: unknown): TerminalError {
  const why = `the handler's result can't be sent: ${(cause as Error).message}`;
  return new TerminalError(why, { type: "qtasks.ResultNotEncodable", cause });
}
