package io.qtasks.client.worker;

import io.qtasks.api.v1.AttemptEvents;
import io.qtasks.api.v1.LogEntry;
import io.qtasks.api.v1.Payload;
import io.qtasks.api.v1.Progress;
import io.qtasks.client.QTasksException;
import io.qtasks.client.internal.Futures;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Sends outputs, logs and progress of running attempts, in order, many attempts in one call. */
final class Recorder extends Role {
  /** Logs and progress wait this long for company; outputs leave at once. */
  private static final long LAZY_MS = 100;

  private static final int MAX_ATTEMPTS = 1_000;
  private static final int MAX_EVENTS = 1_000;
  private static final int MAX_BYTES = 1 << 20;

  private record Part(Attempt attempt, EventBuffer.Slice slice) {
    AttemptEvents message() {
      var events =
          AttemptEvents.newBuilder().setLeaseToken(attempt.key()).setFirstIndex(slice.firstIndex());
      if (slice.progress() != null) events.setProgress(slice.progress());
      return events.addAllEvents(slice.events()).build();
    }
  }

  private final Session session;

  /** Guarded by this. */
  private final Set<Attempt> dirty = new LinkedHashSet<>();

  private boolean urgent;

  Recorder(Session session) {
    super("recorder");
    this.session = session;
  }

  /** Adds an output; waits for room for the next. Throws when the attempt is over or refused. */
  void output(Attempt attempt, Payload output) throws InterruptedException {
    checkOpen(attempt);
    attempt.events.output(output);
    touch(attempt, true);
    attempt.events.awaitRoom();
    checkOpen(attempt);
  }

  /**
   * Adds a log line, or drops it where the server can't keep up: logs never hold a handler back.
   */
  void log(Attempt attempt, LogEntry entry) {
    if (!attempt.isOver() && attempt.events.log(entry)) touch(attempt, false);
  }

  /** Sets the progress; the latest wins. */
  void progress(Attempt attempt, Progress progress) {
    if (attempt.isOver()) return;
    attempt.events.progress(progress);
    touch(attempt, false);
  }

  /** Runs the work once all events of the attempt are recorded, refused or void. */
  void flush(Attempt attempt, Runnable work) {
    if (attempt.events.isDirty()) touch(attempt, true);
    attempt.events.whenClean(work);
  }

  @Override
  void run() throws InterruptedException {
    for (; ; ) {
      List<Part> parts = awaitParts();
      record(parts);
      synchronized (this) {
        dirty.removeIf(attempt -> !attempt.events.isDirty());
      }
    }
  }

  @Override
  public void close() {
    super.close();
    synchronized (this) {
      for (Attempt attempt : dirty) attempt.events.close();
      dirty.clear();
    }
  }

  private static void checkOpen(Attempt attempt) {
    RuntimeException refusal = attempt.events.refusal();
    if (refusal != null) throw refusal;
    if (!attempt.isOver()) return;
    AttemptAbortedException aborted = attempt.aborted();
    throw aborted != null ? aborted : Futures.canceled("the attempt is over", null);
  }

  private synchronized void touch(Attempt attempt, boolean atOnce) {
    dirty.add(attempt);
    urgent |= atOnce;
    notifyAll();
  }

  private synchronized List<Part> awaitParts() throws InterruptedException {
    while (dirty.isEmpty()) wait();
    long leaveAt = System.nanoTime() + LAZY_MS * 1_000_000;
    for (long left = LAZY_MS; !urgent && left > 0; left = (leaveAt - System.nanoTime()) / 1_000_000)
      wait(left);
    urgent = false;
    return gather();
  }

  /** What fits into one call. What stays behind makes the next call an urgent one. */
  private List<Part> gather() {
    var parts = new ArrayList<Part>();
    int events = 0;
    int bytes = 0;
    for (Attempt attempt : dirty) {
      if (parts.size() >= MAX_ATTEMPTS || events >= MAX_EVENTS || bytes >= MAX_BYTES) {
        urgent = true;
        break;
      }
      EventBuffer.Slice slice = attempt.events.slice(MAX_EVENTS - events, MAX_BYTES - bytes);
      if (slice.firstIndex() + slice.events().size() <= attempt.events.count()) urgent = true;
      events += slice.events().size();
      bytes += slice.bytes();
      parts.add(new Part(attempt, slice));
    }
    return parts;
  }

  /** Repeats until recorded. A refusal is narrowed down to the attempt that it is meant for. */
  private void record(List<Part> parts) {
    if (parts.isEmpty()) return;
    try {
      session.recordEvents(parts.stream().map(Part::message).toList());
      for (Part part : parts) part.attempt.events.acknowledge(part.slice);
    } catch (QTasksException error) {
      if (!Session.isRefusal(error)) throw error;
      if (parts.size() == 1) refuse(parts.get(0).attempt, error);
      else for (Part part : parts) record(List.of(part));
    }
  }

  private static void refuse(Attempt attempt, QTasksException error) {
    attempt.events.refuse(error);
    Log.warn(attempt, "the server refuses events of an attempt: " + error.getMessage());
  }
}
