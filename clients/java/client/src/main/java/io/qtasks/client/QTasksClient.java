package io.qtasks.client;

import com.google.gson.JsonElement;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.qtasks.api.v1.AwaitTaskRequest;
import io.qtasks.api.v1.CancelTaskRequest;
import io.qtasks.api.v1.CountTasksRequest;
import io.qtasks.api.v1.CountTasksResponse;
import io.qtasks.api.v1.DeleteTaskRequest;
import io.qtasks.api.v1.EnqueueTaskRequest;
import io.qtasks.api.v1.GetTaskRequest;
import io.qtasks.api.v1.ListTaskEventsRequest;
import io.qtasks.api.v1.ListTasksRequest;
import io.qtasks.api.v1.RescheduleTaskRequest;
import io.qtasks.api.v1.RetryTaskRequest;
import io.qtasks.api.v1.RunTaskResponse;
import io.qtasks.api.v1.Task;
import io.qtasks.api.v1.TaskEvent;
import io.qtasks.api.v1.TaskFilter;
import io.qtasks.api.v1.TaskServiceGrpc;
import io.qtasks.api.v1.TaskView;
import io.qtasks.client.internal.Awaiter;
import io.qtasks.client.internal.Calls;
import io.qtasks.client.internal.Enqueued;
import io.qtasks.client.internal.Enqueuer;
import io.qtasks.client.internal.Futures;
import io.qtasks.client.internal.LoneRunner;
import io.qtasks.client.internal.Pages;
import io.qtasks.client.internal.Patience;
import io.qtasks.client.internal.Timer;
import io.qtasks.client.internal.Times;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Enqueues, awaits, watches and cancels tasks over one connection. Safe to share among threads:
 * make one and keep it. Concurrent enqueues and awaits are gathered into batches. Methods block;
 * those that end in {@code Async} give a future, whose continuations must not block. Calls that
 * can't be done throw {@link QTasksException}.
 */
public final class QTasksClient implements AutoCloseable {
  private final ClientOptions options;
  private final Calls calls;
  private final Timer timer = new Timer("qtasks-client");
  private final Patience patience;
  private final Enqueuer enqueuer;
  private final Awaiter awaiter;
  private final LoneRunner loneRunner;

  private QTasksClient(Endpoint endpoint, ClientOptions options) {
    this.options = options;
    this.calls = new Calls(endpoint);
    this.patience = new Patience(calls, timer, options.patience());
    this.enqueuer = new Enqueuer(calls, patience, options.timeout());
    this.awaiter = new Awaiter(calls, patience, timer);
    this.loneRunner = new LoneRunner(calls, patience);
  }

  /**
   * A client of a server in clear text. Nothing is sent before the first call.
   *
   * @param address {@code HOST:PORT}
   * @return to be closed by the caller
   * @throws QTasksException FIELD_VIOLATION where the address is none
   */
  public static QTasksClient connect(String address) {
    return connect(Endpoint.of(address), ClientOptions.DEFAULTS);
  }

  /**
   * A client of a server with a token or TLS, or with other options.
   *
   * @param endpoint where the server is
   * @param options deadlines and patience
   * @return to be closed by the caller
   */
  public static QTasksClient connect(Endpoint endpoint, ClientOptions options) {
    return new QTasksClient(endpoint, options);
  }

  /**
   * Enqueues a task; returns once it is durable.
   *
   * @param name the task's name, such as {@code mail.send}
   * @param input see {@link Payloads#of}
   * @return a handle with a JSON result; {@link TaskHandle#as} gives another type
   */
  public TaskHandle<JsonElement> enqueue(String name, Object input) {
    return enqueue(name, input, EnqueueOptions.DEFAULTS);
  }

  /**
   * As {@link #enqueue(String, Object)}, with options.
   *
   * @param name the task's name
   * @param input see {@link Payloads#of}
   * @param options delay, queue, retries and so on
   * @return a handle with a JSON result
   */
  public TaskHandle<JsonElement> enqueue(String name, Object input, EnqueueOptions options) {
    return Futures.join(enqueueAsync(name, input, options));
  }

  /**
   * As {@link #enqueue(String, Object, EnqueueOptions)}, without blocking.
   *
   * @param name the task's name
   * @param input see {@link Payloads#of}
   * @param options delay, queue, retries and so on
   * @return a handle with a JSON result, once the task is durable
   */
  public CompletableFuture<TaskHandle<JsonElement>> enqueueAsync(
      String name, Object input, EnqueueOptions options) {
    return enqueueAsync(options.request(name, Payloads.of(input)), JsonElement.class);
  }

  /**
   * Enqueues a typed task by the method of its service; returns once it is durable.
   *
   * @param method as the generated code has it, such as {@code MailTasksGrpc.getSendEmailMethod()}
   * @param request its input
   * @param options delay, queue, retries and so on
   * @param <Q> the method's request
   * @param <R> the method's response
   * @return a handle with the response as result
   */
  public <Q extends Message, R extends Message> TaskHandle<R> enqueue(
      MethodDescriptor<Q, R> method, Q request, EnqueueOptions options) {
    return Futures.join(enqueueAsync(method, request, options));
  }

  /**
   * As {@link #enqueue(MethodDescriptor, Message, EnqueueOptions)}, without blocking.
   *
   * @param method as the generated code has it
   * @param request its input
   * @param options delay, queue, retries and so on
   * @param <Q> the method's request
   * @param <R> the method's response
   * @return a handle with the response as result, once the task is durable
   */
  public <Q extends Message, R extends Message> CompletableFuture<TaskHandle<R>> enqueueAsync(
      MethodDescriptor<Q, R> method, Q request, EnqueueOptions options) {
    String name = method.getFullMethodName();
    return enqueueAsync(options.request(name, Payloads.message(request)), responseType(method));
  }

  /**
   * Enqueues many, in batches; returns once each has its result.
   *
   * @param items the tasks
   * @return a result for each, in order; an item that is wrong fails alone
   */
  public List<EnqueueResult> enqueueMany(Collection<EnqueueItem> items) {
    return Futures.join(enqueueManyAsync(items));
  }

  /**
   * As {@link #enqueueMany}, without blocking. Never fails for an item.
   *
   * @param items the tasks
   * @return a result for each, in order
   */
  public CompletableFuture<List<EnqueueResult>> enqueueManyAsync(Collection<EnqueueItem> items) {
    var requests = new ArrayList<EnqueueTaskRequest>(items.size());
    var results = new ArrayList<CompletableFuture<EnqueueResult>>(items.size());
    for (EnqueueItem item : items) results.add(prepared(item, requests));
    var answers = enqueuer.addAll(requests).iterator();
    // Those without a request have their error already.
    results.replaceAll(result -> result == null ? answers.next().handle(this::resultOf) : result);
    return allOf(results);
  }

  /**
   * Enqueues a task and waits for its result, without a limit.
   *
   * @param name the task's name
   * @param input see {@link Payloads#of}
   * @param as what the result is read as: see {@link Payloads#decode}
   * @param <T> the same
   * @return the result; null where it has none
   * @throws TaskFailedException where it ended otherwise than well
   */
  public <T> T run(String name, Object input, Class<T> as) {
    return Futures.join(runAsync(name, input, as, EnqueueOptions.DEFAULTS, null));
  }

  /**
   * As {@link #run(String, Object, Class)}, with options and a limit.
   *
   * @param name the task's name
   * @param input see {@link Payloads#of}
   * @param as what the result is read as
   * @param options delay, queue, retries and so on
   * @param timeout null: no limit
   * @param <T> the type of the result
   * @return the result; null where it has none
   * @throws TaskFailedException where it ended otherwise than well
   * @throws TaskTimeoutException where it has not ended; it goes on
   */
  public <T> T run(
      String name, Object input, Class<T> as, EnqueueOptions options, Duration timeout) {
    return Futures.join(runAsync(name, input, as, options, timeout));
  }

  /**
   * As {@link #run(String, Object, Class, EnqueueOptions, Duration)}, without blocking.
   *
   * @param name the task's name
   * @param input see {@link Payloads#of}
   * @param as what the result is read as
   * @param options delay, queue, retries and so on
   * @param timeout null: no limit
   * @param <T> the type of the result
   * @return the result
   */
  public <T> CompletableFuture<T> runAsync(
      String name, Object input, Class<T> as, EnqueueOptions options, Duration timeout) {
    return runAsync(options.request(name, Payloads.of(input)), as, timeout);
  }

  /**
   * Enqueues a typed task by the method of its service and waits for its response.
   *
   * @param method as the generated code has it
   * @param request its input
   * @param options delay, queue, retries and so on
   * @param timeout null: no limit
   * @param <Q> the method's request
   * @param <R> the method's response
   * @return the response
   * @throws TaskFailedException where it ended otherwise than well
   * @throws TaskTimeoutException where it has not ended; it goes on
   */
  public <Q extends Message, R extends Message> R run(
      MethodDescriptor<Q, R> method, Q request, EnqueueOptions options, Duration timeout) {
    String name = method.getFullMethodName();
    return Futures.join(
        runAsync(options.request(name, Payloads.message(request)), responseType(method), timeout));
  }

  private <T> CompletableFuture<T> runAsync(
      EnqueueTaskRequest request, Class<T> as, Duration timeout) {
    long startedAt = System.nanoTime();
    CompletableFuture<RunTaskResponse> lone = loneRunner.tryRun(request, timeout);
    if (lone == null)
      return enqueueAsync(request, as)
          .thenCompose(handle -> handle.resultAsync(left(timeout, startedAt)));
    return lone.thenCompose(
        answer -> {
          var handle =
              new TaskHandle<>(this, answer.getTask().getTaskId(), answer.getCreated(), as);
          return answer.getDone()
              ? handle.resultAsync(answer.getTask())
              : handle.resultAsync(left(timeout, startedAt));
        });
  }

  /**
   * The results of many tasks.
   *
   * @param handles the tasks
   * @param timeout for all of them; null: no limit
   * @param <T> the type of their results
   * @return in the order of the handles
   * @throws TaskFailedException the first in order that ended otherwise than well
   * @throws TaskTimeoutException where one has not ended
   */
  public <T> List<T> gather(Collection<TaskHandle<T>> handles, Duration timeout) {
    return Futures.join(gatherAsync(handles, timeout));
  }

  /**
   * As {@link #gather}, without blocking.
   *
   * @param handles the tasks
   * @param timeout for all of them; null: no limit
   * @param <T> the type of their results
   * @return in the order of the handles
   */
  public <T> CompletableFuture<List<T>> gatherAsync(
      Collection<TaskHandle<T>> handles, Duration timeout) {
    return allOf(handles.stream().map(handle -> handle.resultAsync(timeout)).toList());
  }

  /**
   * A handle to a task that exists, or may; nothing is asked.
   *
   * @param taskId its id
   * @return with a JSON result
   */
  public TaskHandle<JsonElement> handle(String taskId) {
    return new TaskHandle<>(this, taskId, false, JsonElement.class);
  }

  /**
   * A task.
   *
   * @param taskId its id
   * @return the task in full
   * @throws QTasksException TASK_NOT_FOUND
   */
  public Task get(String taskId) {
    var request =
        GetTaskRequest.newBuilder().setTaskId(taskId).setView(TaskView.TASK_VIEW_FULL).build();
    return call(TaskServiceGrpc.getGetTaskMethod(), request).getTask();
  }

  /**
   * The task as it is, then each change until it has ended; goes on over lost connections.
   *
   * @param taskId its id
   * @param options what to be told
   * @return to be closed by the caller
   */
  public TaskWatch watch(String taskId, WatchOptions options) {
    return new TaskWatch(calls, this.options.patience(), taskId, options);
  }

  /**
   * Every match, newest first; pages are fetched as they are read.
   *
   * @param filter all set fields must match
   * @return without payloads and results
   */
  public Iterable<Task> list(TaskFilter filter) {
    return () ->
        new Pages<>(
            token -> {
              var request =
                  ListTasksRequest.newBuilder().setFilter(filter).setPageToken(token).build();
              var answer = call(TaskServiceGrpc.getListTasksMethod(), request);
              return new Pages.Page<>(answer.getTasksList().iterator(), answer.getNextPageToken());
            });
  }

  /**
   * How many match.
   *
   * @param filter all set fields must match
   * @return in all and by state
   */
  public CountTasksResponse count(TaskFilter filter) {
    return call(
        TaskServiceGrpc.getCountTasksMethod(),
        CountTasksRequest.newBuilder().setFilter(filter).build());
  }

  /**
   * Outputs and logs that are kept for a task, oldest first.
   *
   * @param taskId its id
   * @param afterSequence those after this one; 0: all
   * @return fetched as they are read
   */
  public Iterable<TaskEvent> events(String taskId, long afterSequence) {
    return () ->
        new Pages<>(
            token -> {
              long after = token.isEmpty() ? afterSequence : Long.parseLong(token);
              var request =
                  ListTaskEventsRequest.newBuilder()
                      .setTaskId(taskId)
                      .setAfterSequence(after)
                      .setPageSize(1_000)
                      .build();
              var answer = call(TaskServiceGrpc.getListTaskEventsMethod(), request);
              int last = answer.getEventsCount() - 1;
              String next =
                  answer.getMore() && last >= 0
                      ? Long.toString(answer.getEvents(last).getSequence())
                      : "";
              return new Pages.Page<>(answer.getEventsList().iterator(), next);
            });
  }

  /**
   * Asks a task to end. A waiting one is CANCELED; of a running one the handler decides.
   *
   * @param taskId its id
   * @param reason for people; kept with the task
   * @param forceAfter CANCELED this long after, whatever its handler does; null: never
   * @return the task after it
   * @throws QTasksException TASK_NOT_FOUND
   */
  public Task cancel(String taskId, String reason, Duration forceAfter) {
    var request = CancelTaskRequest.newBuilder().setTaskId(taskId).setReason(reason);
    if (forceAfter != null) request.setForceAfter(Times.proto(forceAfter));
    return call(TaskServiceGrpc.getCancelTaskMethod(), request.build()).getTask();
  }

  /**
   * Runs an ended task again, with fresh attempts.
   *
   * @param taskId its id
   * @return the task after it
   * @throws QTasksException TASK_NOT_TERMINAL where it has not ended
   */
  public Task retry(String taskId) {
    var request = RetryTaskRequest.newBuilder().setTaskId(taskId).build();
    return call(TaskServiceGrpc.getRetryTaskMethod(), request).getTask();
  }

  /**
   * Moves a waiting task to another time.
   *
   * @param taskId its id
   * @param delay from now, by the server's clock
   * @return the task after it
   * @throws QTasksException TASK_ALREADY_STARTED where it waits no longer
   */
  public Task reschedule(String taskId, Duration delay) {
    var request =
        RescheduleTaskRequest.newBuilder().setTaskId(taskId).setDelay(Times.proto(delay)).build();
    return call(TaskServiceGrpc.getRescheduleTaskMethod(), request).getTask();
  }

  /**
   * Deletes an ended task with its events; one that is gone is no error.
   *
   * @param taskId its id
   * @throws QTasksException TASK_NOT_TERMINAL where it has not ended
   */
  public void delete(String taskId) {
    call(
        TaskServiceGrpc.getDeleteTaskMethod(),
        DeleteTaskRequest.newBuilder().setTaskId(taskId).build());
  }

  /** Ends what waits and watches with CALL_CANCELED, and the connection. No task is touched. */
  @Override
  public void close() {
    awaiter.close();
    patience.close();
    timer.close();
    calls.close();
  }

  CompletableFuture<Task> awaitAsync(String taskId, Duration timeout) {
    if (timeout == null || !(timeout.isZero() || timeout.isNegative()))
      return awaiter.await(taskId, timeout);
    var request = AwaitTaskRequest.newBuilder().setTaskId(taskId).build();
    return calls
        .unary(TaskServiceGrpc.getAwaitTaskMethod(), request, options.timeout())
        .thenApply(
            answer -> {
              if (!answer.getDone()) throw new TaskTimeoutException(taskId, Duration.ZERO);
              return answer.getTask();
            });
  }

  private <T> CompletableFuture<TaskHandle<T>> enqueueAsync(
      EnqueueTaskRequest request, Class<T> type) {
    return enqueuer
        .add(request)
        .thenApply(done -> new TaskHandle<>(this, done.taskId(), done.created(), type));
  }

  /** Null where the item is well and its request was added; else its error. */
  private static CompletableFuture<EnqueueResult> prepared(
      EnqueueItem item, List<EnqueueTaskRequest> requests) {
    try {
      requests.add(item.request());
      return null;
    } catch (QTasksException error) {
      return CompletableFuture.completedFuture(new EnqueueResult(null, error));
    }
  }

  private EnqueueResult resultOf(Enqueued done, Throwable thrown) {
    if (thrown == null)
      return new EnqueueResult(
          new TaskHandle<>(this, done.taskId(), done.created(), JsonElement.class), null);
    return new EnqueueResult(null, (QTasksException) calls.error(Futures.cause(thrown)));
  }

  private <Q, R> R call(MethodDescriptor<Q, R> method, Q request) {
    return calls.call(method, request, options.timeout());
  }

  private static Duration left(Duration timeout, long startedAt) {
    if (timeout == null) return null;
    Duration left = timeout.minusNanos(System.nanoTime() - startedAt);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static <T> CompletableFuture<List<T>> allOf(List<CompletableFuture<T>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
        .handle((none, thrown) -> futures.stream().map(Futures::join).toList());
  }

  @SuppressWarnings("unchecked")
  private static <R extends Message> Class<R> responseType(MethodDescriptor<?, R> method) {
    var marshaller = (PrototypeMarshaller<R>) method.getResponseMarshaller();
    return (Class<R>) marshaller.getMessagePrototype().getClass();
  }
}
