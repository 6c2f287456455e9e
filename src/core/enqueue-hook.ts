/** What an app puts around each of its enqueues. */
import type { EnqueueTaskRequest } from "../../gen/qtasksapi/v1/task_service_pb.ts";

/** One enqueue, in the asynchronous context of its caller and before it is gathered into a batch. */
export interface EnqueueCall {
  /** `run` also waits for the task's end. `child`: by a handler. */
  readonly operation: "enqueue" | "run" | "child";
  /** Complete but for what the server's definition adds. Hand on another one to change it. */
  readonly request: EnqueueTaskRequest;
}

/** Calls `next` once, with the call as it is or another, and gives what that gives. */
export type EnqueueHook = <T>(
  call: EnqueueCall,
  next: (call: EnqueueCall) => Promise<T>,
) => Promise<T>;
