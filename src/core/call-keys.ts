/** Metadata of calls, the same for servers, clients and workers. */

/** Names the task; calls with one id join one task. In requests, and in the headers and trailers of answers. */
export const TASK_ID_KEY = "qtasks-task-id";
/** How the task ended: succeeded, failed, canceled or expired. In trailers, and only there. */
export const TASK_STATE_KEY = "qtasks-task-state";
/** The reason of an error, for clients that don't read google.rpc details. In headers or trailers. */
export const REASON_KEY = "qtasks-reason";
