package io.qtasks.client;

import io.qtasks.api.v1.Task;
import io.qtasks.api.v1.TaskState;
import io.qtasks.client.internal.Futures;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * One task, seen from the program that enqueued it or that knows its id. Holds no connection and
 * nothing to close.
 *
 * @param <T> what its result and its outputs are read as
 */
public final class TaskHandle<T> {
  private final QTasksClient client;
  private final String id;
  private final boolean created;
  private final Class<T> type;

  TaskHandle(QTasksClient client, String id, boolean created, Class<T> type) {
    this.client = client;
    this.id = id;
    this.created = created;
    this.type = type;
  }

  /**
   * The task's id.
   *
   * @return a UUIDv7, or what the caller chose
   */
  public String id() {
    return id;
  }

  /**
   * Whether this handle's enqueue made the task.
   *
   * @return false where the task id or the unique key found an earlier one
   */
  public boolean created() {
    return created;
  }

  /**
   * The same task with another type of result.
   *
   * @param type see {@link Payloads#decode}
   * @param <R> the same
   * @return a new handle
   */
  public <R> TaskHandle<R> as(Class<R> type) {
    return new TaskHandle<>(client, id, created, type);
  }

  /**
   * The result, waited for without a limit.
   *
   * @return null where the task has none
   * @throws TaskFailedException where it ended otherwise than well
   */
  public T result() {
    return Futures.join(resultAsync());
  }

  /**
   * The result, waited for so long.
   *
   * @param timeout zero asks once
   * @return null where the task has none
   * @throws TaskFailedException where it ended otherwise than well
   * @throws TaskTimeoutException where it has not ended; it goes on
   */
  public T result(Duration timeout) {
    return Futures.join(resultAsync(timeout));
  }

  /**
   * As {@link #result()}, without blocking. Canceling the future ends the waiting, never the task.
   *
   * @return the result
   */
  public CompletableFuture<T> resultAsync() {
    return doneAsync(null).thenApply(this::resultOf);
  }

  /**
   * As {@link #result(Duration)}, without blocking.
   *
   * @param timeout zero asks once
   * @return the result
   */
  public CompletableFuture<T> resultAsync(Duration timeout) {
    return doneAsync(timeout).thenApply(this::resultOf);
  }

  /**
   * The task once it has ended, however it ended.
   *
   * @param timeout null: no limit
   * @return the task with its result or failure
   * @throws TaskTimeoutException where it has not ended; it goes on
   */
  public Task done(Duration timeout) {
    return Futures.join(doneAsync(timeout));
  }

  /**
   * As {@link #done}, without blocking.
   *
   * @param timeout null: no limit
   * @return the task with its result or failure
   */
  public CompletableFuture<Task> doneAsync(Duration timeout) {
    return client.awaitAsync(id, timeout);
  }

  /**
   * The task as it is now.
   *
   * @return the task in full
   */
  public Task get() {
    return client.get(id);
  }

  /**
   * The task as it is, then each change until it has ended.
   *
   * @return to be closed by the caller
   */
  public TaskWatch watch() {
    return client.watch(id, WatchOptions.TASK);
  }

  /**
   * As {@link #watch()}, with outputs and logs.
   *
   * @param options what to be told
   * @return to be closed by the caller
   */
  public TaskWatch watch(WatchOptions options) {
    return client.watch(id, options);
  }

  /**
   * The outputs of a streaming handler as they come. After the last one the stream ends, with
   * TaskFailedException where the task did not succeed.
   *
   * @return to be read once, and closed where it is not read to its end
   */
  public Stream<T> outputs() {
    return watch(WatchOptions.EVENTS).stream()
        .peek(change -> throwIfFailed(change.task()))
        .filter(TaskChange::isOutput)
        .map(change -> Payloads.decode(change.event().getOutput(), type));
  }

  /**
   * Asks the task to end. A waiting one is CANCELED; of a running one the handler decides.
   *
   * @param reason for people; kept with the task
   * @return the task after it
   */
  public Task cancel(String reason) {
    return client.cancel(id, reason, null);
  }

  CompletableFuture<T> resultAsync(Task ended) {
    return CompletableFuture.completedFuture(ended).thenApply(this::resultOf);
  }

  private T resultOf(Task task) {
    throwIfFailed(task);
    return Payloads.decode(task.getResult(), type);
  }

  private static void throwIfFailed(Task task) {
    if (task == null || task.getStateValue() <= TaskState.TASK_STATE_SUCCEEDED_VALUE) return;
    throw new TaskFailedException(task);
  }
}
