/** What goes between a worker and the thread that runs a handler for it: plain data, fit to be cloned. */
import type { MessagePort } from "node:worker_threads";
import type { Payload } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { ChildOptions, ChildTask } from "../child.ts";
import type { HandlerContext, LogFields, TaskLogger } from "../context.ts";
import type { AbortCause } from "../errors.ts";
import type { PackedError } from "./packed-error.ts";

/** What a context tells without being asked. */
export type Facts = Pick<
  HandlerContext,
  | "deadline"
  | "taskId"
  | "name"
  | "queue"
  | "attempt"
  | "fencingToken"
  | "headers"
  | "parentTaskId"
  | "previousFailure"
  | "outputCount"
>;

/** What the thread is given to run. The handler's input waits in the port. */
export interface ThreadTask {
  readonly href: string;
  readonly exportName: string;
  /** Results and outputs are cloned instead of encoded. */
  readonly raw: boolean;
  readonly facts: Facts;
  /** The last one, or why it can't be read. */
  readonly checkpoint: Packed | undefined;
  readonly port: MessagePort;
}

/** A value or an error. */
export type Packed = { readonly value: unknown } | { readonly error: PackedError };

/** How a handler ended. */
export type ThreadAnswer = Packed & {
  /** The handler itself gave the payload. */
  readonly isPayload?: boolean;
};

/** From the handler: what it tells, and what it asks for under a number. */
export type FromThread =
  | {
      readonly kind: "progress";
      readonly completed: number;
      readonly total: number;
      readonly message: string;
    }
  | { readonly kind: "checkpoint"; readonly payload: Payload }
  | {
      readonly kind: "log";
      readonly level: keyof TaskLogger;
      readonly message: string;
      readonly fields: LogFields;
    }
  | { readonly kind: "output"; readonly id: number; readonly value: unknown }
  | {
      readonly kind: "enqueue";
      readonly id: number;
      readonly name: string;
      readonly payload: Payload;
      readonly options: Omit<ChildOptions, "signal">;
    };

/** What a handler's questions are answered with. */
export type Answer = ChildTask | undefined;

/** To the handler. */
export type ToThread =
  | { readonly kind: "abort"; readonly why: AbortCause; readonly message: string }
  | { readonly kind: "answer"; readonly id: number; readonly answer: Packed };
