package io.qtasks.client.internal;

import io.qtasks.api.v1.EnqueueTaskRequest;
import io.qtasks.api.v1.RunTaskRequest;
import io.qtasks.api.v1.RunTaskResponse;
import io.qtasks.api.v1.TaskServiceGrpc;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A run with nothing to be gathered with: enqueue and await are one call, which saves a round trip.
 * One at a time; whoever finds it busy gathers enqueues and awaits instead.
 */
public final class LoneRunner {
  /** Longest wait of the call; what runs longer is awaited like any other. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(20);

  /** The answer comes this long after the wait at the latest. */
  private static final Duration ANSWER_MARGIN = Duration.ofSeconds(10);

  private final Calls calls;
  private final Patience patience;
  private final AtomicBoolean busy = new AtomicBoolean();

  public LoneRunner(Calls calls, Patience patience) {
    this.calls = calls;
    this.patience = patience;
  }

  /** The answer, whether the task has ended or not; null where another run is under way. */
  public CompletableFuture<RunTaskResponse> tryRun(EnqueueTaskRequest enqueue, Duration timeout) {
    if (!busy.compareAndSet(false, true)) return null;
    Duration wait = timeout == null || timeout.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : timeout;
    var request =
        RunTaskRequest.newBuilder().setEnqueue(enqueue).setWait(Times.proto(wait)).build();
    return patience
        .repeat(
            () ->
                calls.unary(TaskServiceGrpc.getRunTaskMethod(), request, wait.plus(ANSWER_MARGIN)))
        .whenComplete((answer, error) -> busy.set(false));
  }
}
