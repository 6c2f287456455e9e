package io.qtasks.client;

import io.grpc.Status;
import io.qtasks.api.v1.StreamClosing;
import io.qtasks.api.v1.TaskServiceGrpc;
import io.qtasks.api.v1.WatchTaskRequest;
import io.qtasks.api.v1.WatchTaskResponse;
import io.qtasks.client.internal.Calls;
import io.qtasks.client.internal.Futures;
import io.qtasks.client.internal.MessageStream;
import io.qtasks.client.internal.Patience;
import io.qtasks.client.internal.WatchPosition;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * One task as it is, then each change until it has ended. A stream that breaks is opened again
 * where it was; an error is thrown when none could be opened for the client's patience. To be read
 * once, by one thread; {@link #close} may be called from any.
 */
public final class TaskWatch implements Iterable<TaskChange>, AutoCloseable {
  /** Servers send a heartbeat every 15 s; a stream without any message for this long is dead. */
  private static final long SILENCE_MS = 45_000;

  private static final long RECONNECT_MS = 50;

  /** What an ended stream says of the connection, not of the task. */
  private static final Set<Status.Code> REOPEN =
      Set.of(
          Status.Code.CANCELLED,
          Status.Code.DEADLINE_EXCEEDED,
          Status.Code.UNAVAILABLE,
          Status.Code.INTERNAL);

  private final Calls calls;
  private final Duration patience;
  private final WatchPosition position;
  private MessageStream<WatchTaskRequest, WatchTaskResponse> stream;
  private boolean ended;
  private int failures;
  private long heardAt = System.nanoTime();
  private volatile boolean closed;

  TaskWatch(Calls calls, Duration patience, String taskId, WatchOptions options) {
    this.calls = calls;
    this.patience = patience;
    this.position = new WatchPosition(taskId, options);
  }

  /**
   * The changes; each {@code hasNext} waits for one.
   *
   * @return always the same
   */
  @Override
  public Iterator<TaskChange> iterator() {
    return changes;
  }

  /**
   * The changes, as a stream; closing it closes the watch.
   *
   * @return to be read once
   */
  public Stream<TaskChange> stream() {
    int traits = Spliterator.ORDERED | Spliterator.NONNULL;
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(changes, traits), false)
        .onClose(this::close);
  }

  /** Ends the watch; a reader that waits gets CALL_CANCELED. The task goes on. */
  @Override
  public synchronized void close() {
    closed = true;
    if (stream != null) stream.close();
  }

  private final Iterator<TaskChange> changes =
      new Iterator<>() {
        private TaskChange next;

        @Override
        public boolean hasNext() {
          if (next == null && !ended) next = advance();
          return next != null;
        }

        @Override
        public TaskChange next() {
          if (!hasNext()) throw new NoSuchElementException("the task has ended");
          TaskChange change = next;
          next = null;
          return change;
        }
      };

  private TaskChange advance() {
    for (; ; ) {
      long restMs = RECONNECT_MS;
      try {
        WatchTaskResponse message = open().next(SILENCE_MS);
        if (message != null && !message.hasClosing()) {
          TaskChange change = heard(message);
          if (change != null) return change;
          continue;
        }
        if (message != null) restMs = delayOf(message.getClosing());
      } catch (InterruptedException interrupt) {
        close();
        Thread.currentThread().interrupt();
        throw Futures.canceled("the thread was interrupted", interrupt);
      } catch (RuntimeException thrown) {
        restMs = restAfter(calls.error(thrown));
      }
      reopenAfter(restMs);
    }
  }

  private TaskChange heard(WatchTaskResponse message) {
    heardAt = System.nanoTime();
    failures = 0;
    TaskChange change = position.accept(message);
    if (change != null && change.isTask() && change.task().getStateValue() >= 16) {
      ended = true;
      close();
    }
    return change;
  }

  private static long delayOf(StreamClosing closing) {
    return closing.getReconnectDelay().getSeconds() * 1_000
        + closing.getReconnectDelay().getNanos() / 1_000_000;
  }

  private long restAfter(RuntimeException thrown) {
    if (closed) throw Futures.canceled("the watch was closed", thrown);
    if (!(thrown instanceof QTasksException error)) throw thrown;
    boolean tired = System.nanoTime() - heardAt > patience.toNanos();
    if (tired || !REOPEN.contains(error.code())) throw error;
    return error.retryAfter().map(Duration::toMillis).orElse(RECONNECT_MS);
  }

  private void reopenAfter(long restMs) {
    synchronized (this) {
      if (stream != null) stream.close();
      stream = null;
    }
    Futures.sleep(Math.max(restMs, Patience.delayMs(failures++)));
    calls.reconnect();
  }

  private synchronized MessageStream<WatchTaskRequest, WatchTaskResponse> open() {
    if (closed) throw Futures.canceled("the watch was closed", null);
    if (stream == null)
      stream =
          new MessageStream<>(
              calls.start(TaskServiceGrpc.getWatchTaskMethod(), null), position.request());
    return stream;
  }
}
