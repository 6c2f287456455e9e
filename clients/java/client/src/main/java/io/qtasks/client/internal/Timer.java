package io.qtasks.client.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs short work later, on one thread of its own that keeps no program alive. */
public final class Timer implements AutoCloseable {
  private final ScheduledThreadPoolExecutor executor;

  public Timer(String name) {
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            runnable -> {
              Thread thread = new Thread(runnable, name);
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
  }

  /** Runs the work after so long; not at all once the timer is closed. */
  public Future<?> after(long millis, Runnable work) {
    try {
      return executor.schedule(work, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      return new CompletableFuture<Void>();
    }
  }

  /** For what takes gRPC's kind of timer. */
  public ScheduledThreadPoolExecutor executor() {
    return executor;
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
