package io.qtasks.client.worker;

import com.google.protobuf.ByteString;
import io.qtasks.api.v1.LeasedTask;
import io.qtasks.api.v1.Outcome;
import io.qtasks.api.v1.Payload;
import io.qtasks.api.v1.TaskSpec;
import io.qtasks.client.internal.Timer;
import io.qtasks.client.internal.Times;
import io.qtasks.client.worker.AttemptAbortedException.Why;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;

/**
 * One attempt in this worker, from its arrival to the server's word that it is over. How it ends is
 * decided once, by whatever comes first: its handler's end, its time, the loss of its lease, or its
 * worker giving up. A handler may go on after that; what comes of it no longer counts. Safe to
 * share among threads.
 */
final class Attempt {
  final LeasedTask leased;
  final EventBuffer events = new EventBuffer();

  /** When its time is up, by this machine's clock; null: never. */
  final Instant deadline;

  private final BiConsumer<Attempt, Outcome> onEnd;
  private final List<Runnable> abortListeners = new ArrayList<>(1);
  private AttemptAbortedException aborted;
  private Thread thread;
  private Future<?> alarm;
  private boolean over;
  private boolean settled;
  private Payload checkpoint;
  private Payload checkpointKnown;

  /** {@code onEnd} is told once how it ends; with null when its lease is lost. */
  Attempt(LeasedTask leased, BiConsumer<Attempt, Outcome> onEnd) {
    this.leased = leased;
    this.onEnd = onEnd;
    this.deadline =
        leased.hasAttemptTtl() ? Instant.now().plus(Times.of(leased.getAttemptTtl())) : null;
  }

  ByteString key() {
    return leased.getLeaseToken();
  }

  TaskSpec spec() {
    return leased.getSpec();
  }

  /** Begins to watch its time, where it has a limit. */
  void arm(Timer timer) {
    if (!leased.hasAttemptTtl()) return;
    Duration ttl = Times.of(leased.getAttemptTtl());
    Future<?> armed = timer.after(ttl.toMillis(), () -> timeOut(ttl));
    synchronized (this) {
      alarm = armed;
    }
  }

  /** Interrupts this thread when the attempt is to stop; at once where it is already. */
  synchronized void enter() {
    thread = Thread.currentThread();
    if (aborted != null) thread.interrupt();
  }

  /** The thread is interrupted no more, and left without an interrupt. */
  synchronized void leave() {
    thread = null;
    Thread.interrupted();
  }

  /** Called once when the attempt is to stop; at once where it is already. */
  void onAbort(Runnable listener) {
    synchronized (this) {
      if (aborted == null) {
        abortListeners.add(listener);
        return;
      }
    }
    listener.run();
  }

  /** Why the handler was told to stop; null where it was not. */
  synchronized AttemptAbortedException aborted() {
    return aborted;
  }

  /** Its outcome is decided: nothing that the handler still does counts. */
  synchronized boolean isOver() {
    return over;
  }

  /** Its handler has ended, or is never run. */
  synchronized boolean isSettled() {
    return settled;
  }

  synchronized Payload checkpoint() {
    return checkpoint;
  }

  /** The latest checkpoint where the server does not have it yet; else null. */
  synchronized Payload newCheckpoint() {
    return checkpoint == checkpointKnown ? null : checkpoint;
  }

  synchronized void saveCheckpoint(Payload latest) {
    checkpoint = latest;
  }

  synchronized void confirmCheckpoint(Payload known) {
    checkpointKnown = known;
  }

  /** Tells the handler that its task is being canceled; how it ends is up to it. */
  void cancel(String reason) {
    abort(Why.CANCELED, reason.isEmpty() ? "the task was canceled" : reason);
  }

  /** The lease is gone: the handler is told to stop, and nothing is reported. */
  void lose() {
    abort(Why.LOST, "the lease of this attempt was lost");
    end(null);
    events.close();
  }

  /**
   * Tells the handler that its worker ends; {@link #giveUp} decides for those that don't listen.
   */
  void stop() {
    abort(Why.STOPPING, "the worker is stopping");
  }

  /** Gives the task back, whatever its handler does. */
  void giveUp() {
    end(Endings.release("the worker is stopping", Duration.ZERO));
  }

  /** Its handler has ended like this, or is not run for this reason. */
  void settle(Outcome ending) {
    synchronized (this) {
      settled = true;
    }
    end(ending);
  }

  private void timeOut(Duration ttl) {
    String message = "the attempt took longer than its " + ttl.toMillis() + " ms";
    // Decided first, so that what the handler makes of its interrupt comes too late.
    end(Endings.attemptTimeout(message));
    abort(Why.TIMEOUT, message);
  }

  private void end(Outcome ending) {
    synchronized (this) {
      if (over) return;
      over = true;
      if (alarm != null) alarm.cancel(false);
    }
    onEnd.accept(this, ending);
  }

  private void abort(Why why, String message) {
    List<Runnable> listeners;
    synchronized (this) {
      if (aborted != null) return;
      aborted = new AttemptAbortedException(why, message);
      if (thread != null) thread.interrupt();
      listeners = List.copyOf(abortListeners);
    }
    listeners.forEach(Runnable::run);
  }
}
