package io.qtasks.client.internal;

import io.grpc.Status;
import io.qtasks.client.QTasksException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/** Repeats what may be repeated while no server answers, as when one restarts. */
public final class Patience implements AutoCloseable {
  private static final long FIRST_DELAY_MS = 100;
  private static final long MAX_DELAY_MS = 2_000;

  private final Calls calls;
  private final Timer timer;
  private final Duration limit;

  /** Those that wait for a repeat. */
  private final Set<CompletableFuture<?>> resting = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;

  public Patience(Calls calls, Timer timer, Duration limit) {
    this.calls = calls;
    this.timer = timer;
    this.limit = limit;
  }

  /** Time without any answer after which the error is given. */
  public Duration limit() {
    return limit;
  }

  /**
   * The call's answer; it is made again on UNAVAILABLE until the patience ends or the answer is
   * canceled.
   */
  public <T> CompletableFuture<T> repeat(Supplier<CompletableFuture<T>> call) {
    var answer = new CompletableFuture<T>();
    attempt(call, answer, System.nanoTime() + limit.toNanos(), 0);
    return answer;
  }

  /**
   * The wait before a repeat, in ms: growing, with jitter, so that clients of a restarted server
   * don't come at once.
   */
  public static long delayMs(int failures) {
    long whole = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS << Math.min(failures, 10));
    return (long) (whole * (0.5 + ThreadLocalRandom.current().nextDouble()));
  }

  /** Nothing is repeated any more: what waits for it ends with CALL_CANCELED. */
  @Override
  public void close() {
    closed = true;
    for (CompletableFuture<?> answer : resting)
      answer.completeExceptionally(Futures.canceled("the client was closed", null));
  }

  private <T> void attempt(
      Supplier<CompletableFuture<T>> call,
      CompletableFuture<T> answer,
      long giveUpAt,
      int failures) {
    if (answer.isDone()) return;
    CompletableFuture<T> once = call.get();
    once.whenComplete(
        (value, thrown) -> {
          if (thrown == null) answer.complete(value);
          else if (!isAway(thrown) || System.nanoTime() >= giveUpAt)
            answer.completeExceptionally(Futures.cause(thrown));
          else again(call, answer, giveUpAt, failures, (QTasksException) Futures.cause(thrown));
        });
    answer.whenComplete((value, thrown) -> once.cancel(true));
  }

  private <T> void again(
      Supplier<CompletableFuture<T>> call,
      CompletableFuture<T> answer,
      long giveUpAt,
      int failures,
      QTasksException error) {
    resting.add(answer);
    if (closed) close();
    long atLeast = error.retryAfter().map(Duration::toMillis).orElse(0L);
    timer.after(
        Math.max(atLeast, delayMs(failures)),
        () -> {
          resting.remove(answer);
          calls.reconnect();
          attempt(call, answer, giveUpAt, failures + 1);
        });
  }

  private static boolean isAway(Throwable thrown) {
    return Futures.cause(thrown) instanceof QTasksException error
        && error.code() == Status.Code.UNAVAILABLE;
  }
}
