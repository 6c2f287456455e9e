/** Follows one task until it has ended, over as many streams as it takes. */
import { TaskView, type Task, type TaskEvent } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskService, WatchTaskResponse } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type { ServiceCalls } from "../core/calls.ts";
import { durationMs } from "../core/duration.ts";
import { QTasksError, type Reason } from "../core/errors.ts";
import { isTerminal } from "../core/record.ts";
import { Backoff } from "./patience.ts";

/** A change of the task, or an output or log line of it. */
export type TaskChange =
  | { readonly type: "task"; readonly task: Task }
  | { readonly type: "event"; readonly event: TaskEvent };

export interface WatchOptions {
  /** Outputs and logs too, from those after this sequence; true: from the first. @default false */
  readonly events?: boolean | bigint;
  /** What of the task is sent. @default BASIC */
  readonly view?: TaskView;
  /** Ends the watch with CALL_CANCELED; the task goes on. */
  readonly signal?: AbortSignal | undefined;
}

interface WatchInit extends WatchOptions {
  readonly taskId: string;
  readonly patienceMs: number;
}

/** Servers send a heartbeat every 15 s; a stream without any message for this long is dead. */
const SILENCE_MS = 45_000;
const RECONNECT_MS = 50;

/** What an ended stream says of the connection, not of the task: reopen it. */
const REOPEN: readonly Reason[] = [
  "CALL_CANCELED",
  "STILL_RUNNING",
  "SHUTTING_DOWN",
  "STORAGE_UNAVAILABLE",
  "BROKER_UNAVAILABLE",
  "SERVER_UNREACHABLE",
  "INTERNAL",
];

/**
 * The task as it is, then each change; ends after the terminal one. A stream that breaks is opened
 * again from the last revision and sequence; an error is thrown when none could be opened for
 * `patienceMs`.
 */
export async function* watchTask(
  calls: ServiceCalls<typeof TaskService>,
  init: WatchInit,
): AsyncGenerator<TaskChange, void> {
  const position = new Position(init);
  const backoff = new Backoff();
  let heardAt = performance.now();
  for (;;) {
    let restMs = RECONNECT_MS;
    try {
      for await (const message of attentive(calls, position.request(), init.signal)) {
        heardAt = performance.now();
        backoff.reset();
        const change = position.accept(message);
        if (change !== undefined) yield change;
        if (change?.type === "task" && isTerminal(change.task.state)) return;
        if (message.event.case === "closing") {
          restMs = durationMs(message.event.value.reconnectDelay ?? ZERO);
          break;
        }
      }
    } catch (thrown) {
      if (init.signal?.aborted === true) throw canceled(init.taskId, thrown);
      const error = QTasksError.from(thrown);
      const tired = performance.now() - heardAt > init.patienceMs;
      if (tired || !REOPEN.includes(error.reason)) throw error;
      restMs = error.retryAfterMs ?? RECONNECT_MS;
    }
    await backoff.wait(init.signal, restMs);
  }
}

const ZERO = { seconds: 0n, nanos: 0 } as Parameters<typeof durationMs>[0];

function canceled(taskId: string, cause: unknown): QTasksError {
  const metadata = { task_id: taskId };
  const message = `the watch of task ${taskId} was canceled`;
  return new QTasksError("CALL_CANCELED", message, { metadata, cause });
}

/** How far the watch has come. */
class Position {
  readonly #taskId: string;
  readonly #view: TaskView;
  #revision: bigint | undefined;
  #sequence: bigint | undefined;

  constructor(init: WatchInit) {
    this.#taskId = init.taskId;
    this.#view = init.view ?? TaskView.UNSPECIFIED;
    if (init.events !== undefined && init.events !== false)
      this.#sequence = init.events === true ? 0n : init.events;
  }

  request() {
    return {
      taskId: this.#taskId,
      view: this.#view,
      afterRevision: this.#revision,
      afterSequence: this.#sequence,
    };
  }

  /** The change in a message, unless it was seen before the stream was opened again. */
  accept({ event }: WatchTaskResponse): TaskChange | undefined {
    if (event.case === "task") {
      if (this.#revision !== undefined && event.value.revision <= this.#revision) return undefined;
      this.#revision = event.value.revision;
      return { type: "task", task: event.value };
    }
    if (event.case !== "taskEvent" || this.#sequence === undefined) return undefined;
    if (event.value.sequence <= this.#sequence) return undefined;
    this.#sequence = event.value.sequence;
    return { type: "event", event: event.value };
  }
}

/** The messages of one stream, which is ended when it has been silent for too long. */
async function* attentive(
  calls: ServiceCalls<typeof TaskService>,
  request: ReturnType<Position["request"]>,
  signal: AbortSignal | undefined,
): AsyncGenerator<WatchTaskResponse, void> {
  const silence = new AbortController();
  const signals = signal === undefined ? [silence.signal] : [silence.signal, signal];
  const listen = () => setTimeout(() => silence.abort(), SILENCE_MS);
  let timer = listen();
  try {
    const messages = calls.watchTask(request, { signal: AbortSignal.any(signals) });
    for await (const message of messages) {
      clearTimeout(timer);
      timer = listen();
      yield message;
    }
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}
