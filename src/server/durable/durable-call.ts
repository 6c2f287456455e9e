/** One call of a user's method: enqueue, wait, answer. The task goes on whatever becomes of the call. */
import { fromBinary } from "@bufbuild/protobuf";
import { TaskEventSchema } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { EnqueueTaskRequest } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { uuidv7 } from "../../core/ids.ts";
import type { PayloadHooks } from "../../core/payload-hooks.ts";
import { isTerminal, type TaskRecord } from "../../core/record.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import { deadlinePassed, shuttingDown } from "../errors.ts";
import type { CallContext } from "../service.ts";
import { untilDeadline } from "../services/waiting.ts";
import {
  callStatus,
  messageBytes,
  resultBytes,
  withTaskId,
  type CallStatus,
} from "./call-outcome.ts";
import { callRequest } from "./call-request.ts";
import type { DurableMethod } from "./durable-method.ts";

/**
 * What a caller gets: headers once, messages, a status once. Headers commit the call: a client repeats none whose headers it has
 * seen. So they go out at once where a repeat would make a second task, and late where it would join the first.
 */
export type CallEvent =
  | { readonly kind: "headers"; readonly taskId: string }
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  | { readonly kind: "status"; readonly status: CallStatus };

export interface DurableCallParams {
  readonly pipeline: Pipeline;
  /** Encodes the request for the storage, and decodes what comes of it. */
  readonly codec?: PayloadHooks | undefined;
  readonly method: DurableMethod;
  /** The encoded request. */
  readonly message: Uint8Array;
  readonly context: CallContext;
}

/**
 * Runs a call to its end. Throws what the service itself has to say: STILL_RUNNING shortly before the deadline, or after
 * `maxStreamAgeMs` without one, SHUTTING_DOWN, and what an enqueue may be refused with.
 */
export async function* durableCall(params: DurableCallParams): AsyncGenerator<CallEvent, void> {
  const { pipeline, codec, method, message, context } = params;
  const { enqueue, afterOutput } = callRequest(method, message, context.headers, pipeline.limits);
  const isNamed = enqueue.taskId !== "";
  const request = coded(isNamed ? enqueue : { ...enqueue, taskId: uuidv7() }, codec);
  const waitMs = untilDeadline(pipeline.limits.maxStreamAgeMs, context);
  const call = { pipeline, codec, method, context, request, isNamed, waitMs };
  yield* method.streaming ? streamed(call, afterOutput) : single(call);
}

function coded(request: EnqueueTaskRequest, codec: PayloadHooks | undefined): EnqueueTaskRequest {
  if (codec === undefined) return request;
  const spec = request.spec!;
  return { ...request, spec: { ...spec, payload: codec.encode(spec.payload!) } };
}

interface OpenCall {
  readonly pipeline: Pipeline;
  readonly codec: PayloadHooks | undefined;
  readonly method: DurableMethod;
  readonly context: CallContext;
  /** With a task id, the caller's where it `isNamed`. */
  readonly request: EnqueueTaskRequest;
  readonly isNamed: boolean;
  readonly waitMs: number;
}

async function* single(call: OpenCall): AsyncGenerator<CallEvent, void> {
  const { taskId, ended } = await begin(call);
  if (!call.isNamed) yield { kind: "headers", taskId };
  const record = await ended;
  if (!isTerminal(record.state)) throw unfinished(call, taskId);
  if (call.isNamed) yield { kind: "headers", taskId };
  const status = callStatus(record, call.codec);
  if (status.code === 0) yield { kind: "message", bytes: resultBytes(record, call) };
  yield { kind: "status", status };
}

/** The task once it is durable, and the promise of its end. */
async function begin({ pipeline, request, context, waitMs }: OpenCall) {
  const { enqueuer, observer } = pipeline;
  const wait = { waitMs, signal: context.parked };
  // Under a unique key the task may turn out to be another one.
  if (request.spec?.unique !== undefined) {
    const { record } = await enqueuer.enqueue(request);
    const taskId = record.id;
    return { taskId, ended: abandonable(observer.awaitOne({ ...wait, taskId })) };
  }
  const { taskId } = request;
  const durable = Promise.withResolvers<void>();
  const create = async (): Promise<TaskRecord> => {
    const { record } = await enqueuer.enqueue(request);
    durable.resolve();
    return record;
  };
  const ended = abandonable(observer.awaitNew({ ...wait, taskId }, create));
  await Promise.race([durable.promise, ended]);
  return { taskId, ended };
}

/** Whoever stops reading before the end leaves the promise alone, and its error must not end the server. */
function abandonable<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

async function* streamed(call: OpenCall, afterOutput: number): AsyncGenerator<CallEvent, void> {
  const { pipeline, context, request, isNamed, waitMs } = call;
  const { record } = await pipeline.enqueuer.enqueue(request);
  const taskId = record.id;
  if (!isNamed) yield { kind: "headers", taskId };
  let isOpen = !isNamed;
  let skip = afterOutput;
  const time = limited(context.parked, waitMs);
  try {
    for await (const seen of observed(call, taskId, time.signal)) {
      if (seen.kind === "output" && skip-- > 0) continue;
      if (!isOpen) yield { kind: "headers", taskId };
      isOpen = true;
      if (seen.kind === "output") yield { kind: "message", bytes: seen.bytes };
      else return yield { kind: "status", status: callStatus(seen.record, call.codec) };
    }
  } finally {
    time.end();
  }
  throw unfinished(call, taskId);
}

type Seen =
  | { readonly kind: "output"; readonly bytes: Uint8Array }
  | { readonly kind: "end"; readonly record: TaskRecord };

/** The outputs as fast as they are asked for, and the end; nothing more once the signal aborts. */
async function* observed(
  call: OpenCall,
  taskId: string,
  signal: AbortSignal,
): AsyncGenerator<Seen> {
  for await (const seen of call.pipeline.observer.watchOne({ taskId, afterSequence: 0 }, signal)) {
    if (seen.kind === "event") {
      const { event } = fromBinary(TaskEventSchema, seen.event.body);
      if (event.case === "output") yield { kind: "output", bytes: messageBytes(event.value, call) };
    } else if (isTerminal(seen.record.state)) yield { kind: "end", record: seen.record };
  }
}

/** Aborts with the signal, or when the time is over. */
function limited(signal: AbortSignal, ms: number) {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  const timer = setTimeout(abort, ms);
  const end = (): void => {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  };
  return { signal: controller.signal, end };
}

function unfinished({ context }: OpenCall, taskId: string) {
  return withTaskId(context.draining.aborted ? shuttingDown() : deadlinePassed(), taskId);
}
