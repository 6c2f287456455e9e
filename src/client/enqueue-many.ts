/** Items and results of enqueueing many tasks at once. */
import type { QTasksError } from "../core/errors.ts";
import type { TaskHandle } from "./handle.ts";
import type { EnqueueOptions } from "../core/enqueue-request.ts";

/** One task of {@link TaskClient.enqueueMany}. */
export interface EnqueueItem {
  readonly name: string;
  readonly input?: unknown;
  readonly options?: EnqueueOptions;
}

/** What became of an item: its handle, or its own error. */
export type EnqueueResult =
  | { readonly ok: true; readonly handle: TaskHandle }
  | { readonly ok: false; readonly error: QTasksError };
