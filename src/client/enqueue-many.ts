/** Enqueues many tasks at once. */
import type { EnqueueTaskRequest } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type { Coalescer } from "../core/coalescer.ts";
import { ENQUEUE_OPTIONS, enqueueRequest, type EnqueueOptions } from "../core/enqueue-request.ts";
import { QTasksError } from "../core/errors.ts";
import { checkOptions, type NamesOf } from "../core/known-options.ts";
import { toPayload } from "../core/payload.ts";
import type { Enqueued } from "./enqueuer.ts";
import { TaskHandle } from "./handle.ts";
import type { TaskActions } from "./task-actions.ts";

/** One task of {@link TaskClient.enqueueMany}. */
export interface EnqueueItem {
  readonly name: string;
  readonly input?: unknown;
  readonly options?: EnqueueOptions;
}

const ITEM: NamesOf<EnqueueItem> = { name: true, input: true, options: true };

/** What became of an item: its handle, or its own error. */
export type EnqueueResult =
  | { readonly ok: true; readonly handle: TaskHandle }
  | { readonly ok: false; readonly error: QTasksError };

/**
 * A result for each item, in order; never rejects for one. `actions` is what the handles act by. With `add`, each
 * request goes its own way to the enqueuer.
 */
export async function enqueueMany(
  enqueuer: Coalescer<EnqueueTaskRequest, Enqueued>,
  actions: TaskActions,
  items: Iterable<EnqueueItem>,
  add?: (request: EnqueueTaskRequest) => Promise<Enqueued>,
): Promise<EnqueueResult[]> {
  const requests = Array.from(items, requestOf);
  const sent = requests.filter((request) => isRequest(request));
  const outcomes = await (add === undefined ? enqueuer.addAll(sent) : addEach(sent, add));
  let next = 0;
  return requests.map((request): EnqueueResult => {
    const outcome = isRequest(request) ? outcomes[next++]! : request;
    if (outcome instanceof Error) return { ok: false, error: QTasksError.from(outcome) };
    return { ok: true, handle: new TaskHandle(actions, outcome.taskId, outcome.created) };
  });
}

function addEach(
  requests: readonly EnqueueTaskRequest[],
  add: (request: EnqueueTaskRequest) => Promise<Enqueued>,
): Promise<(Enqueued | Error)[]> {
  return Promise.all(
    requests.map((request) => add(request).catch((thrown: unknown) => QTasksError.from(thrown))),
  );
}

function requestOf(item: EnqueueItem): EnqueueTaskRequest | QTasksError {
  try {
    checkOptions(item, ITEM, "item.");
    const { name, input, options } = item;
    if (options !== undefined) checkOptions(options, ENQUEUE_OPTIONS);
    return enqueueRequest(name, toPayload(input), options);
  } catch (thrown) {
    return QTasksError.from(thrown);
  }
}

function isRequest(request: EnqueueTaskRequest | QTasksError): request is EnqueueTaskRequest {
  return !(request instanceof QTasksError);
}
