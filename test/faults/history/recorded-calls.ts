/**
 * Calls to a server that note themselves in the history, so that the real client and the real worker write
 * it. Methods that the checker has no use for are passed through.
 */
import {
  create,
  type DescMethod,
  type DescService,
  type Message,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import { TaskService } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { WorkerService } from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { CallOptions, ServiceCalls } from "../../../src/core/calls.ts";
import { QTasksError } from "../../../src/core/errors.ts";
import type { HistoryLog } from "./log.ts";
import type { MethodNotes } from "./notes.ts";
import { TASK_NOTES } from "./task-notes.ts";
import { WORKER_NOTES } from "./worker-notes.ts";

type Init = MessageInitShape<DescMethod["input"]>;
type Unary = (request: Init, options?: CallOptions) => Promise<Message>;
type Streaming = (request: Init, options?: CallOptions) => AsyncIterable<Message>;
type NotesByMethod = Readonly<Record<string, MethodNotes | undefined>>;

/** Calls of a client that note themselves. */
export function recordedTaskCalls(
  calls: ServiceCalls<typeof TaskService>,
  log: HistoryLog,
): ServiceCalls<typeof TaskService> {
  return recorded(TaskService, calls, TASK_NOTES, log);
}

/** Calls of a worker that note themselves; the starts of handlers are for the handlers to note. */
export function recordedWorkerCalls(
  calls: ServiceCalls<typeof WorkerService>,
  log: HistoryLog,
): ServiceCalls<typeof WorkerService> {
  return recorded(WorkerService, calls, WORKER_NOTES, log);
}

function recorded<S extends DescService>(
  service: S,
  calls: ServiceCalls<S>,
  notes: NotesByMethod,
  log: HistoryLog,
): ServiceCalls<S> {
  const methods: Record<string, unknown> = { ...calls };
  for (const method of service.methods) {
    const own = notes[method.localName];
    const call = methods[method.localName];
    if (own === undefined || call === undefined) continue;
    methods[method.localName] =
      method.methodKind === "unary"
        ? unary(method, call as Unary, own, log)
        : streaming(method, call as Streaming, own, log);
  }
  return methods as ServiceCalls<S>;
}

function unary(method: DescMethod, call: Unary, notes: MethodNotes, log: HistoryLog): Unary {
  return async (init, options) => {
    const request = create(method.input, init);
    const number = log.call(notes.request(request));
    try {
      const answer = await call(request, options);
      log.answer(number, notes.answer(answer) ?? {});
      return answer;
    } catch (error) {
      log.error(number, QTasksError.from(error).reason);
      throw error;
    }
  };
}

function streaming(
  method: DescMethod,
  call: Streaming,
  notes: MethodNotes,
  log: HistoryLog,
): Streaming {
  return async function* (init, options) {
    const request = create(method.input, init);
    const number = log.call(notes.request(request));
    try {
      for await (const answer of call(request, options)) {
        const noted = notes.answer(answer);
        if (noted !== undefined) log.answer(number, noted);
        yield answer;
      }
    } catch (error) {
      log.error(number, QTasksError.from(error).reason);
      throw error;
    }
  };
}
