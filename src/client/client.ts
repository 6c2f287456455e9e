/// <reference lib="esnext.disposable" preserve="true" />
/** What a program uses to enqueue, await, watch and cancel tasks. */
import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { TaskView, type Task, type TaskEvent } from "../../gen/qtasksapi/v1/task_pb.ts";
import type {
  CountTasksResponse,
  EnqueueTaskRequest,
  TaskService,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type { CallOptions, ServiceCalls } from "../core/calls.ts";
import { bounded, type ServerSeen } from "../core/bounded.ts";
import { checkText } from "../core/check-text.ts";
import { checkWait } from "../core/check-wait.ts";
import type { Coalescer } from "../core/coalescer.ts";
import type { EnqueueHook } from "../core/enqueue-hook.ts";
import { enqueueRequest, startOf } from "../core/enqueue-request.ts";
import { QTasksError } from "../core/errors.ts";
import { checkOptions, type KnownOptions } from "../core/known-options.ts";
import { methodTaskName } from "../core/task-method.ts";
import { Awaiter, MANY_PARKED_CALLS } from "./awaiter.ts";
import { checkedQuery } from "./check-query.ts";
import {
  DEFAULT_PATIENCE_MS,
  DEFAULT_TIMEOUT_MS,
  type TaskClientOptions,
} from "./client-options.ts";
import { enqueuer, type Enqueued } from "./enqueuer.ts";
import { enqueueMany, type EnqueueItem, type EnqueueResult } from "./enqueue-many.ts";
import { fromPayload, toPayload } from "../core/payload.ts";
import { resultOf, TaskHandle } from "./handle.ts";
import { KNOWN } from "./known-options.ts";
import { LoneRunner } from "./lone-run.ts";
import { methodPayload, type TaskMethod } from "./method-call.ts";
import { cancelPages, eventPages, pages, retryPages } from "./pages.ts";
import type {
  CancelOptions,
  CancelProgress,
  EventOptions,
  GetOptions,
  ListOptions,
  PageOptions,
  RescheduleOptions,
  RetryOptions,
  RetryProgress,
  RunOptions,
  SendOptions,
  TaskPage,
  TaskQuery,
} from "./requests.ts";
import type { TaskActions } from "./task-actions.ts";
import { cancelFields, present } from "./task-calls.ts";
import { TypedTaskHandle } from "./typed-handle.ts";
import { stillRunning, type WaitOptions } from "./wait.ts";
import { watchTask, type TaskChange, type WatchOptions } from "./watch.ts";

/** How long the answer to a run's own wait may take beyond it, in ms. */
const ANSWER_MS = 1_000;

/**
 * A client over any way to reach the TaskService: gRPC ({@link connect}) or the same process.
 * Concurrent enqueues and awaits are gathered into batches. Errors are QTasksErrors.
 */
export class TaskClient implements TaskActions {
  readonly #calls: ServiceCalls<typeof TaskService>;
  readonly #timeoutMs: number;
  readonly #patienceMs: number;
  readonly #closing = new AbortController();
  readonly #onClose: () => void;
  readonly #enqueuer: Coalescer<EnqueueTaskRequest, Enqueued>;
  readonly #awaiter: Awaiter;
  readonly #loneRunner: LoneRunner;
  readonly #hook: EnqueueHook | undefined;
  /** With why no enqueue is answered at present. */
  readonly #server: ServerSeen;

  constructor(calls: ServiceCalls<typeof TaskService>, options: TaskClientOptions = {}) {
    this.#calls = calls;
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#patienceMs = options.patienceMs ?? DEFAULT_PATIENCE_MS;
    this.#onClose = options.onClose ?? (() => {});
    this.#hook = options.hook;
    this.#server = { address: options.address };
    const common = { patienceMs: this.#patienceMs, signal: this.#closing.signal };
    const onFault = (fault: QTasksError | undefined) => (this.#server.fault = fault);
    this.#enqueuer = enqueuer(calls, { ...common, onFault, timeoutMs: this.#timeoutMs });
    const { parkedCalls = MANY_PARKED_CALLS } = options;
    this.#awaiter = new Awaiter(calls, { ...common, parkedCalls });
    this.#loneRunner = new LoneRunner(calls, { ...common, onFault });
  }

  /**
   * Enqueues a task; settles once it is durable. The input is any JSON value, or a Payload such as
   * {@link protobufPayload} makes.
   */
  async enqueue<T = unknown>(
    name: string,
    input?: unknown,
    options: SendOptions = {},
  ): Promise<TaskHandle<T>> {
    checkOptions(options, KNOWN.enqueue);
    checkWait("patienceMs", options.patienceMs);
    const request = enqueueRequest(name, toPayload(input), options);
    const { patienceMs: ms, signal } = options;
    const bound = { taskId: request.taskId, ms, signal, server: this.#server };
    const { taskId, created } = await bounded(this.#enqueue(request), bound);
    return new TaskHandle<T>(this, taskId, created);
  }

  /**
   * Enqueues the task of a protobuf method, such as `MailTasks.method.sendEmail`; settles once it is durable. Results
   * and outputs are messages.
   */
  async enqueueMethod<I extends DescMessage, O extends DescMessage>(
    method: TaskMethod<I, O>,
    request: MessageInitShape<I>,
    options?: SendOptions,
  ): Promise<TypedTaskHandle<O>> {
    const handle = await this.enqueue(
      methodTaskName(method),
      methodPayload(method, request),
      options,
    );
    return new TypedTaskHandle(method.output, this, handle);
  }

  /** Enqueues many, in batches; each item has a result of its own, in order. Never rejects for an item. */
  enqueueMany(items: Iterable<EnqueueItem>): Promise<EnqueueResult[]> {
    const add = this.#hook && ((request: EnqueueTaskRequest) => this.#enqueue(request));
    return enqueueMany(this.#enqueuer, this, items, add);
  }

  /**
   * Enqueues a task and waits for its result, both within `timeoutMs`; throws as {@link TaskHandle.result}, and
   * SERVER_UNREACHABLE where no server has acknowledged the task a second later.
   */
  async run<T = unknown>(name: string, input?: unknown, options: RunOptions = {}): Promise<T> {
    checkOptions(options, KNOWN.run);
    checkWait("patienceMs", options.patienceMs);
    checkWait("timeoutMs", options.timeoutMs);
    const request = enqueueRequest(name, toPayload(input), options);
    if (this.#hook === undefined) return this.#run<T>(request, options);
    return this.#hook({ operation: "run", request }, (call) => this.#run<T>(call.request, options));
  }

  /** A handle to a task that exists, or may; nothing is asked. FIELD_VIOLATION for an id that is no text. */
  handle<T = unknown>(taskId: string): TaskHandle<T> {
    checkText("taskId", taskId);
    return new TaskHandle<T>(this, taskId);
  }

  /** The task, in full. Throws TASK_NOT_FOUND. */
  async get(taskId: string, options: GetOptions = {}): Promise<Task> {
    const view = options.view ?? TaskView.FULL;
    return present(
      (await this.#calls.getTask({ taskId, view }, this.#call(options, KNOWN.get))).task,
    );
  }

  /**
   * The task once it has ended, with its result. Throws STILL_RUNNING after `timeoutMs`; 0 asks once.
   * The task goes on in any case.
   */
  async await(taskId: string, options: WaitOptions = {}): Promise<Task> {
    checkOptions(options, KNOWN.await);
    const { timeoutMs, signal } = options;
    checkWait("timeoutMs", timeoutMs);
    if (timeoutMs === undefined || timeoutMs > 0) return this.#awaiter.await(taskId, options);
    const { task, done } = await this.#calls.awaitTask(
      { taskId },
      this.#call({ signal }, KNOWN.await),
    );
    if (!done) throw stillRunning(taskId, 0);
    return present(task);
  }

  /** The task as it is, then each change until it has ended; goes on over lost connections. */
  watch(taskId: string, options: WatchOptions = {}): AsyncGenerator<TaskChange, void> {
    const { signal } = this.#call(options, KNOWN.watch);
    return watchTask(this.#calls, { ...options, taskId, signal, patienceMs: this.#patienceMs });
  }

  /** Outputs and logs that are kept for a task, oldest first. */
  events(taskId: string, options: EventOptions = {}): AsyncGenerator<TaskEvent, void> {
    const { after = 0n } = options;
    return eventPages(this.#calls, { taskId, after }, this.#call(options, KNOWN.events));
  }

  /** Every match, newest first; pages are fetched as they are read. FIELD_VIOLATION for a condition that there is not. */
  list(filter: TaskQuery = {}, options: ListOptions = {}): AsyncGenerator<Task, void> {
    return pages(
      (pageToken) => this.listPage(filter, { ...options, pageToken }),
      (page) => page.tasks,
    );
  }

  /** One page of matches, newest first. Throws as {@link list}, and PAGE_TOKEN_INVALID. */
  async listPage(filter: TaskQuery = {}, options: PageOptions = {}): Promise<TaskPage> {
    const { pageSize = 0, pageToken = "", view = TaskView.UNSPECIFIED } = options;
    const request = { filter: checkedQuery(filter), pageSize, pageToken, view };
    const call = this.#call(options, KNOWN.listPage);
    const { tasks, nextPageToken } = await this.#calls.listTasks(request, call);
    return { tasks, nextPageToken: nextPageToken === "" ? undefined : nextPageToken };
  }

  /** How many match, in all and by state. Throws as {@link list}. */
  async count(
    filter: TaskQuery = {},
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<CountTasksResponse> {
    const request = { filter: checkedQuery(filter) };
    return this.#calls.countTasks(request, this.#call(options, KNOWN.count));
  }

  /** Asks a task to end. A waiting one is CANCELED; of a running one the handler decides. */
  async cancel(taskId: string, options: CancelOptions = {}): Promise<Task> {
    const call = this.#call(options, KNOWN.cancel);
    const request = { taskId, ...cancelFields(options) };
    return present((await this.#calls.cancelTask(request, call)).task);
  }

  /** Cancels all that match, page by page. Stop reading and the rest is left alone. Throws as {@link list}. */
  cancelMatching(
    filter: TaskQuery,
    options: CancelOptions = {},
  ): AsyncGenerator<CancelProgress, void> {
    const call = this.#call(options, KNOWN.cancel);
    const request = { filter: checkedQuery(filter), ...cancelFields(options) };
    return cancelPages(this.#calls, request, call);
  }

  /** Runs an ended task again, with fresh attempts. Throws TASK_NOT_TERMINAL. */
  async retry(taskId: string, options: RetryOptions = {}): Promise<Task> {
    const { expectedRevision } = options;
    const request = { taskId, expectedRevision };
    return present((await this.#calls.retryTask(request, this.#call(options, KNOWN.retry))).task);
  }

  /** Retries all ended ones that match, page by page; as {@link cancelMatching} otherwise. */
  retryMatching(
    filter: TaskQuery,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): AsyncGenerator<RetryProgress, void> {
    return retryPages(this.#calls, checkedQuery(filter), this.#call(options, KNOWN.retryMatching));
  }

  /** Changes time or priority of a waiting task. Throws TASK_ALREADY_STARTED. */
  async reschedule(taskId: string, options: RescheduleOptions): Promise<Task> {
    const call = this.#call(options, KNOWN.reschedule);
    const { priority, expectedRevision } = options;
    const request = { taskId, start: startOf(options), priority, expectedRevision };
    return present((await this.#calls.rescheduleTask(request, call)).task);
  }

  /** Deletes an ended task with its events. Throws TASK_NOT_TERMINAL; one that is gone is no error. */
  async delete(taskId: string, options: Omit<GetOptions, "view"> = {}): Promise<void> {
    await this.#calls.deleteTask({ taskId }, this.#call(options, KNOWN.delete));
  }

  /** Ends what waits and watches with CALL_CANCELED, and the connection. No task is touched. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#onClose();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #run<T>(request: EnqueueTaskRequest, options: RunOptions): Promise<T> {
    const { timeoutMs = Infinity, patienceMs, signal } = options;
    const startedAt = performance.now();
    // The answer to a wait that was too short is on its way by then.
    const ms = timeoutMs + ANSWER_MS;
    const bound = { taskId: request.taskId, ms, signal, server: this.#server };
    if (this.#loneRunner.busy) {
      const atMostMs = Math.min(ms, patienceMs ?? Infinity);
      const { taskId } = await bounded(this.#enqueuer.add(request), { ...bound, ms: atMostMs });
      return this.#restOfRun<T>(taskId, options, startedAt);
    }
    const { taskId, ended } = await bounded(this.#loneRunner.run(request, options), bound);
    if (ended !== undefined) return fromPayload(resultOf(ended)) as T;
    return this.#restOfRun<T>(taskId, options, startedAt);
  }

  /** The result within what is left of the time; who is late is told the time that was set, not the rest of it. */
  async #restOfRun<T>(taskId: string, options: RunOptions, startedAt: number): Promise<T> {
    const { timeoutMs = Infinity, signal } = options;
    const leftMs = Math.max(0, timeoutMs - (performance.now() - startedAt));
    try {
      return await new TaskHandle<T>(this, taskId).result({ timeoutMs: leftMs, signal });
    } catch (thrown) {
      const { reason } = QTasksError.from(thrown);
      throw reason === "STILL_RUNNING" ? stillRunning(taskId, timeoutMs) : thrown;
    }
  }

  async #enqueue(request: EnqueueTaskRequest): Promise<Enqueued> {
    if (this.#hook === undefined) return this.#enqueuer.add(request);
    return this.#hook({ operation: "enqueue", request }, (call) =>
      this.#enqueuer.add(call.request),
    );
  }

  /** FIELD_VIOLATION for an option of the call that there is not. */
  #call(options: CallOptions, known: KnownOptions) {
    checkOptions(options, known);
    return {
      timeoutMs: options.timeoutMs ?? this.#timeoutMs,
      signal: this.#signal(options.signal),
    };
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    const closing = this.#closing.signal;
    return signal === undefined ? closing : AbortSignal.any([signal, closing]);
  }
}
