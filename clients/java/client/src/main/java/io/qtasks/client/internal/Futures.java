package io.qtasks.client.internal;

import io.grpc.Status;
import io.qtasks.client.QTasksException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Between futures and code that blocks. */
public final class Futures {
  private Futures() {}

  /** The future's value. An interrupt cancels it, and is kept; the error is then CALL_CANCELED. */
  public static <T> T join(CompletableFuture<T> future) {
    try {
      return future.get();
    } catch (InterruptedException interrupt) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw canceled("the thread was interrupted", interrupt);
    } catch (CancellationException cancel) {
      throw canceled("the call was canceled", cancel);
    } catch (ExecutionException error) {
      throw unchecked(error.getCause());
    }
  }

  /** What a stage failed with, without the wrapping of the stages after it. */
  public static Throwable cause(Throwable thrown) {
    Throwable cause = thrown;
    while (cause instanceof CompletionException && cause.getCause() != null)
      cause = cause.getCause();
    return cause;
  }

  /** Sleeps; an interrupt ends it as {@link #join}. */
  public static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw canceled("the thread was interrupted", interrupt);
    }
  }

  /** CALL_CANCELED: whoever made the call has ended it. */
  public static QTasksException canceled(String message, Throwable cause) {
    return new QTasksException(
        QTasksException.Facts.of(Status.Code.CANCELLED, "CALL_CANCELED"), message, cause);
  }

  private static RuntimeException unchecked(Throwable thrown) {
    if (thrown instanceof RuntimeException exception) return exception;
    if (thrown instanceof Error error) throw error;
    return new CompletionException(thrown);
  }
}
