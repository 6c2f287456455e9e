/// <reference lib="esnext.disposable" preserve="true" />
/** What a program uses to enqueue, await, watch and cancel tasks. */
import type { DescMessage, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
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
import type { QTasksError } from "../core/errors.ts";
import { checkOptions, type KnownOptions } from "../core/known-options.ts";
import { methodTaskName } from "../core/task-method.ts";
import { Awaiter, MANY_PARKED_CALLS } from "./awaiter.ts";
import { checkedQuery } from "./check-query.ts";
import {
  DEFAULT_PATIENCE_MS,
  DEFAULT_TIMEOUT_MS,
  deadlineOf,
  type TaskClientOptions,
} from "./client-options.ts";
import { enqueuer, type Enqueued } from "./enqueuer.ts";
import { enqueueMany, type EnqueueItem, type EnqueueResult } from "./enqueue-many.ts";
import { fromPayload, messageOf, toPayload } from "../core/payload.ts";
import { TaskHandle } from "./handle.ts";
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
import { Runs } from "./runs.ts";
import type { TaskActions } from "./task-actions.ts";
import { cancelFields, present } from "./task-calls.ts";
import { TypedTaskHandle } from "./typed-handle.ts";
import { stillRunning, type WaitOptions } from "./wait.ts";
import { watchTask, type TaskChange, type WatchOptions } from "./watch.ts";

/**
 * A client over any way to reach the TaskService: gRPC ({@link connect}) or the same process.
 * Concurrent enqueues and awaits are gathered into batches. Errors are QTasksErrors.
 */
export class TaskClient implements TaskActions {
  readonly #calls: ServiceCalls<typeof TaskService>;
  readonly #timeoutMs: number | undefined;
  readonly #patienceMs: number;
  readonly #closing = new AbortController();
  readonly #onClose: () => void;
  readonly #enqueuer: Coalescer<EnqueueTaskRequest, Enqueued>;
  readonly #awaiter: Awaiter;
  readonly #runs: Runs;
  readonly #hook: EnqueueHook | undefined;
  /** With why no enqueue is answered at present. */
  readonly #server: ServerSeen;

  /** FIELD_VIOLATION for a time that is no number. */
  constructor(calls: ServiceCalls<typeof TaskService>, options: TaskClientOptions = {}) {
    checkWait("timeoutMs", options.timeoutMs);
    checkWait("patienceMs", options.patienceMs);
    this.#calls = calls;
    this.#timeoutMs = deadlineOf(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    this.#patienceMs = options.patienceMs ?? DEFAULT_PATIENCE_MS;
    this.#onClose = options.onClose ?? (() => {});
    this.#hook = options.hook;
    this.#server = { address: options.address };
    const common = { patienceMs: this.#patienceMs, signal: this.#closing.signal };
    const onFault = (fault: QTasksError | undefined) => (this.#server.fault = fault);
    this.#enqueuer = enqueuer(calls, { ...common, onFault, timeoutMs: this.#timeoutMs });
    const { parkedCalls = MANY_PARKED_CALLS } = options;
    this.#awaiter = new Awaiter(calls, { ...common, parkedCalls });
    this.#runs = new Runs({
      enqueuer: this.#enqueuer,
      loneRunner: new LoneRunner(calls, this.#enqueuer, { ...common, onFault }),
      actions: this,
      hook: this.#hook,
      server: this.#server,
    });
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
    return fromPayload(await this.#runs.run(name, toPayload(input), options)) as T;
  }

  /** As {@link run}, the task of a protobuf method. MESSAGE_MALFORMED where its result is no such message. */
  async runMethod<I extends DescMessage, O extends DescMessage>(
    method: TaskMethod<I, O>,
    request: MessageInitShape<I>,
    options: RunOptions = {},
  ): Promise<MessageShape<O>> {
    const input = methodPayload(method, request);
    const result = await this.#runs.run(methodTaskName(method), input, options);
    return messageOf(method.output, result);
  }

  /** A handle to a task that exists, or may; nothing is asked. FIELD_VIOLATION for an id that is no text. */
  handle<T = unknown>(taskId: string): TaskHandle<T> {
    checkText("taskId", taskId);
    return new TaskHandle<T>(this, taskId);
  }

  /** The task, in full. Throws TASK_NOT_FOUND. */
  async get(taskId: string, options: GetOptions = {}): Promise<Task> {
    const call = this.#callOf(taskId, options, KNOWN.get);
    const { view = TaskView.FULL } = options;
    return present((await this.#calls.getTask({ taskId, view }, call)).task);
  }

  /**
   * The task once it has ended, with its result. Throws STILL_RUNNING after `timeoutMs`; 0 asks once.
   * The task goes on in any case.
   */
  async await(taskId: string, options: WaitOptions = {}): Promise<Task> {
    checkText("taskId", taskId);
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
    const { signal } = this.#callOf(taskId, options, KNOWN.watch);
    return watchTask(this.#calls, { ...options, taskId, signal, patienceMs: this.#patienceMs });
  }

  /** Outputs and logs that are kept for a task, oldest first. */
  events(taskId: string, options: EventOptions = {}): AsyncGenerator<TaskEvent, void> {
    const call = this.#callOf(taskId, options, KNOWN.events);
    return eventPages(this.#calls, { taskId, after: options.after ?? 0n }, call);
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
    const call = this.#callOf(taskId, options, KNOWN.cancel);
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
    const call = this.#callOf(taskId, options, KNOWN.retry);
    const { expectedRevision } = options;
    return present((await this.#calls.retryTask({ taskId, expectedRevision }, call)).task);
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
    const call = this.#callOf(taskId, options, KNOWN.reschedule);
    const { priority, expectedRevision } = options;
    const request = { taskId, start: startOf(options), priority, expectedRevision };
    return present((await this.#calls.rescheduleTask(request, call)).task);
  }

  /** Deletes an ended task with its events. Throws TASK_NOT_TERMINAL; one that is gone is no error. */
  async delete(taskId: string, options: Omit<GetOptions, "view"> = {}): Promise<void> {
    await this.#calls.deleteTask({ taskId }, this.#callOf(taskId, options, KNOWN.delete));
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

  async #enqueue(request: EnqueueTaskRequest): Promise<Enqueued> {
    if (this.#hook === undefined) return this.#enqueuer.add(request);
    return this.#hook({ operation: "enqueue", request }, (call) =>
      this.#enqueuer.add(call.request),
    );
  }

  /** FIELD_VIOLATION for an option of the call that there is not, and for a deadline that is no number. */
  #call(options: CallOptions, known: KnownOptions) {
    checkOptions(options, known);
    const { timeoutMs } = options;
    checkWait("timeoutMs", timeoutMs);
    return {
      timeoutMs: timeoutMs === undefined ? this.#timeoutMs : deadlineOf(timeoutMs),
      signal: this.#signal(options.signal),
    };
  }

  /** As {@link #call}; FIELD_VIOLATION for an id that is no text too. */
  #callOf(taskId: string, options: CallOptions, known: KnownOptions) {
    checkText("taskId", taskId);
    return this.#call(options, known);
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    const closing = this.#closing.signal;
    return signal === undefined ? closing : AbortSignal.any([signal, closing]);
  }
}
