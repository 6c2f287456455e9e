/** What a program gives to be run for a task. */
import type { HandlerContext } from "./context.ts";

/** User code. An async generator streams: what it yields are outputs, what it returns is the result. */
export type Handler<Input = unknown, Result = unknown> = (
  input: Input,
  context: HandlerContext,
) => Result | Promise<Result> | AsyncGenerator<unknown, Result>;
