/** Walks through what a server gives in pages. */
import type {
  TaskService,
  BatchCancelTasksRequestSchema,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type { TaskEvent } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { CallOptions, ServiceCalls } from "../core/calls.ts";
import type { CancelProgress, RetryProgress, TaskQuery } from "./requests.ts";

type Tasks = ServiceCalls<typeof TaskService>;

/** Every item of a paged list; the next page is asked for when the one before was read. */
export async function* pages<P extends { readonly nextPageToken: string | undefined }, T>(
  page: (pageToken: string) => Promise<P>,
  items: (page: P) => readonly T[],
): AsyncGenerator<T, void> {
  let pageToken: string | undefined = "";
  do {
    const answer: P = await page(pageToken);
    yield* items(answer);
    pageToken = answer.nextPageToken;
  } while (pageToken !== undefined && pageToken !== "");
}

/** Kept outputs and logs after a sequence. */
export async function* eventPages(
  calls: Tasks,
  request: { readonly taskId: string; readonly after: bigint },
  options: CallOptions,
): AsyncGenerator<TaskEvent, void> {
  let afterSequence = request.after;
  for (;;) {
    const { taskId } = request;
    const answer = await calls.listTaskEvents({ taskId, afterSequence, pageSize: 1000 }, options);
    yield* answer.events;
    if (!answer.more) return;
    afterSequence = answer.events.at(-1)?.sequence ?? afterSequence;
  }
}

/** Cancels page by page, with the counts so far after each. */
export async function* cancelPages(
  calls: Tasks,
  request: MessageInitShape<typeof BatchCancelTasksRequestSchema>,
  options: CallOptions,
): AsyncGenerator<CancelProgress, void> {
  let progress: CancelProgress = { canceled: 0, canceling: 0, done: false };
  for (let pageToken = ""; !progress.done;) {
    const answer = await calls.batchCancelTasks({ ...request, pageToken }, options);
    pageToken = answer.nextPageToken;
    progress = {
      canceled: progress.canceled + answer.canceledCount,
      canceling: progress.canceling + answer.cancelingCount,
      done: pageToken === "",
    };
    yield progress;
  }
}

/** Retries page by page, with the count so far after each. */
export async function* retryPages(
  calls: Tasks,
  filter: TaskQuery,
  options: CallOptions,
): AsyncGenerator<RetryProgress, void> {
  let progress: RetryProgress = { retried: 0, done: false };
  for (let pageToken = ""; !progress.done;) {
    const answer = await calls.batchRetryTasks({ filter, pageToken }, options);
    pageToken = answer.nextPageToken;
    progress = { retried: progress.retried + answer.retriedCount, done: pageToken === "" };
    yield progress;
  }
}
