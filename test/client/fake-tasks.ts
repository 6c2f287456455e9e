/** A TaskService that keeps tasks in a map and lets the test decide how they end. */
import { once, EventEmitter } from "node:events";

import { create, type MessageInitShape } from "@bufbuild/protobuf";

import {
  FailureSchema,
  PayloadSchema,
  TaskEventSchema,
  TaskSchema,
  TaskState,
  type Task,
  type TaskEvent,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import type {
  EnqueueTaskRequest,
  WatchTaskResponseSchema,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { durationMs } from "../../src/core/duration.ts";
import { fieldError, QTasksError, taskNotFound } from "../../src/core/errors.ts";
import { isTerminal } from "../../src/core/record.ts";
import type { CallContext } from "../../src/server/service.ts";
import type { TaskFunctions } from "../server/toy.ts";

/** Sizes of the batches that came, by method. */
export interface Seen {
  readonly enqueues: number[];
  readonly awaits: number[];
  /** Awaits parked now. */
  parked: number;
  /** Most awaits that were parked at once. */
  maxParked: number;
  /** Calls that enqueue and await in one. */
  runs: number;
  watches: { afterRevision: bigint | undefined; afterSequence: bigint | undefined }[];
}

export class FakeTasks {
  readonly tasks = new Map<string, Task>();
  readonly requests: EnqueueTaskRequest[] = [];
  readonly events = new Map<string, TaskEvent[]>();
  readonly seen: Seen = { enqueues: [], awaits: [], parked: 0, maxParked: 0, runs: 0, watches: [] };
  /** Ends streams after this many messages. */
  streamLength = Infinity;
  readonly #changes = new EventEmitter().setMaxListeners(0);

  readonly functions: Partial<TaskFunctions> = {
    batchEnqueueTasks: async ({ requests }) => {
      this.seen.enqueues.push(requests.length);
      return { results: requests.map((request) => this.#enqueue(request)) };
    },
    runTask: async ({ enqueue, wait }, context) => {
      this.seen.runs++;
      const { created } = this.#enqueue(enqueue!);
      const { taskId } = enqueue!;
      const waitMs = wait === undefined ? 0 : durationMs(wait);
      await this.#until(() => isTerminal(this.#task(taskId).state), waitMs, context);
      const task = this.#task(taskId);
      return { task, created, done: isTerminal(task.state) };
    },
    getTask: async ({ taskId }) => ({ task: this.#task(taskId) }),
    awaitTask: async ({ taskId }) => {
      const task = this.#task(taskId);
      return { task, done: isTerminal(task.state) };
    },
    batchAwaitTasks: async (request, context) => {
      const { taskIds } = request;
      const malformed = taskIds.findIndex((id) => id.includes(" "));
      if (malformed !== -1) throw fieldError(`task_ids[${malformed}]`, "no spaces");
      this.seen.awaits.push(taskIds.length);
      this.seen.maxParked = Math.max(this.seen.maxParked, ++this.seen.parked);
      try {
        await this.#until(
          () => taskIds.some((id) => isTerminal(this.tasks.get(id)?.state ?? TaskState.FAILED)),
          request.wait === undefined ? 0 : durationMs(request.wait),
          context,
        );
      } finally {
        this.seen.parked--;
      }
      const found = taskIds.flatMap((id) => this.tasks.get(id) ?? []);
      return {
        tasks: found.filter((task) => isTerminal(task.state)),
        missingTaskIds: taskIds.filter((id) => !this.tasks.has(id)),
      };
    },
    listTasks: async ({ pageSize, pageToken, filter }) => {
      const from = pageToken === "" ? 0 : Number(pageToken);
      const names = filter?.names ?? [];
      const all = [...this.tasks.values()].filter(
        (task) => names.length === 0 || names.includes(task.spec?.name ?? ""),
      );
      const to = from + (pageSize || 50);
      return {
        tasks: all.slice(from, to),
        nextPageToken: to < all.length ? String(to) : "",
      };
    },
    countTasks: async () => ({ count: BigInt(this.tasks.size) }),
    cancelTask: async ({ taskId, reason }) => {
      this.#task(taskId);
      return { task: this.change(taskId, { state: TaskState.CANCELED, cancelReason: reason }) };
    },
    batchCancelTasks: async ({ pageToken, reason }) => {
      const task = [...this.tasks.values()].find(({ state }) => !isTerminal(state));
      if (task === undefined) return { canceledCount: 0, nextPageToken: "" };
      this.change(task.taskId, { state: TaskState.CANCELED, cancelReason: reason });
      return { canceledCount: 1, nextPageToken: `${pageToken}+` };
    },
    deleteTask: async ({ taskId }) => {
      this.tasks.delete(taskId);
      return {};
    },
    listTaskEvents: async ({ taskId, afterSequence }) => {
      const events = (this.events.get(taskId) ?? []).filter((e) => e.sequence > afterSequence);
      return { events: events.slice(0, 2), more: events.length > 2 };
    },
    watchTask: (request, context) => this.#watch(request, context),
  };

  /** Enqueues by hand. */
  put(task: MessageInitShape<typeof TaskSchema>): Task {
    const made = create(TaskSchema, { state: TaskState.PENDING, revision: 1n, ...task });
    this.tasks.set(made.taskId, made);
    return made;
  }

  change(taskId: string, patch: Partial<Task>): Task {
    const task = this.#task(taskId);
    return this.#store({ ...task, revision: task.revision + 1n, ...patch });
  }

  succeed(taskId: string, value: unknown): Task {
    const body = { case: "text", value: JSON.stringify(value) } as const;
    const result = create(PayloadSchema, { body });
    return this.change(taskId, { state: TaskState.SUCCEEDED, result });
  }

  fail(taskId: string, failure: MessageInitShape<typeof FailureSchema>): Task {
    const state = TaskState.FAILED;
    return this.change(taskId, { state, failure: create(FailureSchema, failure) });
  }

  output(taskId: string, value: unknown): void {
    const events = this.events.get(taskId) ?? [];
    const body = { case: "text", value: JSON.stringify(value) } as const;
    const event = { case: "output", value: create(PayloadSchema, { body }) } as const;
    const sequence = BigInt(events.length + 1);
    this.events.set(taskId, [...events, create(TaskEventSchema, { sequence, event })]);
    this.#changes.emit("change");
  }

  /** Settles when the condition holds. */
  async when(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this.#changes, "change");
  }

  #store(task: Task): Task {
    this.tasks.set(task.taskId, task);
    this.#changes.emit("change");
    return task;
  }

  #task(taskId: string): Task {
    const task = this.tasks.get(taskId);
    if (task === undefined) throw taskNotFound(taskId);
    return task;
  }

  #enqueue(request: EnqueueTaskRequest) {
    const { taskId, spec } = request;
    if (spec?.name === "bad name")
      return { error: { code: 3, reason: "FIELD_VIOLATION", message: "spec.name: no spaces" } };
    this.requests.push(request);
    const created = !this.tasks.has(taskId);
    if (created) this.put({ taskId, spec: spec! });
    this.#changes.emit("change");
    return { taskId, created };
  }

  async #until(condition: () => boolean, waitMs: number, context: CallContext): Promise<void> {
    const signal = AbortSignal.any([AbortSignal.timeout(waitMs), context.signal]);
    try {
      while (!condition()) await once(this.#changes, "change", { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async *#watch(
    request: Parameters<TaskFunctions["watchTask"]>[0],
    context: CallContext,
  ): AsyncGenerator<MessageInitShape<typeof WatchTaskResponseSchema>> {
    const { taskId, afterRevision, afterSequence } = request;
    this.seen.watches.push({ afterRevision, afterSequence });
    let revision = afterRevision ?? 0n;
    let sequence = afterSequence ?? 0n;
    for (let sent = 0; sent < this.streamLength; sent++) {
      const task = this.#task(taskId);
      const event =
        afterSequence === undefined
          ? undefined
          : this.events.get(taskId)?.find((candidate) => candidate.sequence > sequence);
      if (event !== undefined) {
        sequence = event.sequence;
        yield { event: { case: "taskEvent", value: event } };
      } else if (task.revision > revision) {
        revision = task.revision;
        yield { event: { case: "task", value: task } };
        if (isTerminal(task.state)) return;
      } else {
        sent--;
        await once(this.#changes, "change", { signal: context.signal });
      }
    }
    throw new QTasksError("SHUTTING_DOWN", "the fake ends its streams");
  }
}
