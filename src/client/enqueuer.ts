/** Gathers concurrent enqueues into batches. */
import {
  type BatchEnqueueResult,
  type EnqueueTaskRequest,
  type TaskService,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type { ServiceCalls } from "../core/calls.ts";
import { Coalescer } from "../core/coalescer.ts";
import { QTasksError } from "../core/errors.ts";
import { utf8Bytes } from "../core/utf8.ts";
import { isCut, withPatience, type Patience } from "./patience.ts";
import { itemError } from "./status-error.ts";

const MAX_ITEMS = 1_000;
const MAX_BYTES = 2 * 1024 * 1024;
const SPEC_BYTES = 128;

/** What became of an enqueue. */
export interface Enqueued {
  /** The new task, or the one that the task id or the unique key found. */
  readonly taskId: string;
  readonly created: boolean;
}

export interface EnqueuerOptions extends Patience {
  /** Deadline of one call, in ms; unset: none. */
  readonly timeoutMs: number | undefined;
}

/** Sends requests, each of which has a task id, by BatchEnqueueTasks; each caller gets its own verdict. */
export function enqueuer(
  calls: ServiceCalls<typeof TaskService>,
  options: EnqueuerOptions,
): Coalescer<EnqueueTaskRequest, Enqueued> {
  const { timeoutMs, signal } = options;
  const send = async (requests: readonly EnqueueTaskRequest[]): Promise<(Enqueued | Error)[]> => {
    try {
      const { results } = await withPatience(options, () =>
        calls
          .batchEnqueueTasks({ requests: [...requests] }, { timeoutMs, signal })
          .catch((thrown: unknown) => {
            throw ofCall(QTasksError.from(thrown), signal);
          }),
      );
      return results.map(verdict);
    } catch (thrown) {
      const error = QTasksError.from(thrown);
      if (requests.length === 1 || !isOfRequests(error)) return requests.map(() => error);
      // One that can't be sent must not fail the others of its call.
      const middle = requests.length >> 1;
      return [...(await send(requests.slice(0, middle))), ...(await send(requests.slice(middle)))];
    }
  };
  return new Coalescer({
    maxItems: MAX_ITEMS,
    maxBytes: MAX_BYTES,
    sizeOf: requestBytes,
    run: send,
  });
}

/** A call that was cut is repeated like one that nobody answered: its tasks have ids. */
function ofCall(error: QTasksError, signal: AbortSignal | undefined): QTasksError {
  if (!isCut(error, signal)) return error;
  const message = `the call was cut before its answer: ${error.message}`;
  return new QTasksError("SERVER_UNREACHABLE", message, { cause: error });
}

/** The call was refused for what it says, as by a codec that can't encode one of its payloads. */
function isOfRequests({ code }: QTasksError): boolean {
  return code === "INVALID_ARGUMENT" || code === "FAILED_PRECONDITION";
}

function verdict(result: BatchEnqueueResult): Enqueued | Error {
  const { taskId, created, error } = result;
  if (error === undefined) return { taskId, created };
  return itemError(error, taskId === "" ? {} : { task_id: taskId });
}

/** An upper estimate, so that a request is encoded only once. */
function requestBytes(request: EnqueueTaskRequest): number {
  const { spec } = request;
  if (spec === undefined) return SPEC_BYTES;
  let bytes = SPEC_BYTES + 3 * (spec.name.length + (spec.unique?.key.length ?? 0));
  const body = spec.payload?.body;
  if (body?.case === "data") bytes += body.value.length;
  if (body?.case === "text") bytes += utf8Bytes(body.value);
  for (const map of [spec.headers, spec.options?.labels ?? {}]) {
    for (const [key, value] of Object.entries(map)) bytes += 8 + 3 * (key.length + value.length);
  }
  return bytes;
}
