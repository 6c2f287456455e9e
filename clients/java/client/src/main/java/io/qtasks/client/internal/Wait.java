package io.qtasks.client.internal;

import io.qtasks.api.v1.Task;
import io.qtasks.client.TaskTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;

/**
 * All those in this process who wait for one task; they end at once, or each by its own timeout.
 */
final class Wait {
  final String taskId;

  /** Who waits, and until when by System.nanoTime; Long.MAX_VALUE: without a limit. */
  private final Map<CompletableFuture<Task>, Long> waiters = new ConcurrentHashMap<>();

  Wait(String taskId) {
    this.taskId = taskId;
  }

  CompletableFuture<Task> join(Duration timeout, Timer timer) {
    var waiter = new CompletableFuture<Task>();
    waiters.put(waiter, timeout == null ? Long.MAX_VALUE : System.nanoTime() + timeout.toNanos());
    Future<?> alarm =
        timeout == null ? null : timer.after(timeout.toMillis(), () -> expire(waiter, timeout));
    waiter.whenComplete(
        (task, error) -> {
          waiters.remove(waiter);
          if (alarm != null) alarm.cancel(false);
        });
    return waiter;
  }

  boolean isWanted() {
    return !waiters.isEmpty();
  }

  /** Until the last waiter's timeout, in ms. */
  long remainingMs() {
    long now = System.nanoTime();
    long most = 0;
    for (long until : waiters.values())
      most = Math.max(most, until == Long.MAX_VALUE ? until : (until - now) / 1_000_000 + 1);
    return most;
  }

  void resolve(Task task) {
    for (CompletableFuture<Task> waiter : waiters.keySet()) waiter.complete(task);
  }

  void reject(Throwable error) {
    for (CompletableFuture<Task> waiter : waiters.keySet()) waiter.completeExceptionally(error);
  }

  private void expire(CompletableFuture<Task> waiter, Duration timeout) {
    waiter.completeExceptionally(new TaskTimeoutException(taskId, timeout));
  }
}
