package io.qtasks.client.worker;

import io.qtasks.api.v1.AttemptEvent;
import io.qtasks.api.v1.LogEntry;
import io.qtasks.api.v1.Payload;
import io.qtasks.api.v1.Progress;
import io.qtasks.client.internal.Times;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The events of one attempt that the server has not recorded yet, in order. Safe to share among
 * threads.
 */
final class EventBuffer {
  /** Above either, outputs wait and logs are dropped. */
  private static final int MAX_EVENTS = 1_000;

  private static final int MAX_BYTES = 1 << 20;

  private record Buffered(AttemptEvent event, long at, int bytes) {}

  /** Events that are under way to the server. */
  record Slice(long firstIndex, List<AttemptEvent> events, Progress progress, int bytes) {}

  private final ArrayDeque<Buffered> pending = new ArrayDeque<>();
  private final List<Runnable> whenClean = new ArrayList<>();
  private Runnable whenRoom;
  private int bytes;
  private long recorded;
  private long outputs;
  private Progress progress;
  private RuntimeException refusal;
  private boolean closed;

  /** Events recorded so far, or about to be: {@code Outcome.event_count}. */
  synchronized long count() {
    return recorded + pending.size();
  }

  synchronized long outputCount() {
    return outputs;
  }

  synchronized boolean isDirty() {
    return !pending.isEmpty() || progress != null;
  }

  synchronized boolean isFull() {
    return pending.size() >= MAX_EVENTS || bytes >= MAX_BYTES;
  }

  /** The server's word that it takes no more outputs of this attempt; null where there is none. */
  synchronized RuntimeException refusal() {
    return refusal;
  }

  /** Called each time that there is room again. */
  synchronized void onRoom(Runnable callback) {
    whenRoom = callback;
  }

  synchronized void output(Payload output) {
    if (append(AttemptEvent.newBuilder().setOutput(output).build())) outputs++;
  }

  /** False where it is dropped. */
  synchronized boolean log(LogEntry entry) {
    return !isFull() && append(AttemptEvent.newBuilder().setLog(entry).build());
  }

  /** Replaces progress that has not left yet. */
  synchronized void progress(Progress latest) {
    if (!closed) progress = latest;
  }

  /** Waits for room for outputs. */
  synchronized void awaitRoom() throws InterruptedException {
    while (isFull()) wait();
  }

  /**
   * The oldest events within the limits, one at least, and the latest progress; they stay until
   * acknowledged.
   */
  synchronized Slice slice(int maxEvents, int maxBytes) {
    long now = System.nanoTime();
    var events = new ArrayList<AttemptEvent>();
    int sum = 0;
    for (Buffered next : pending) {
      if (events.size() >= maxEvents || (sum + next.bytes > maxBytes && !events.isEmpty())) break;
      events.add(
          next.event.toBuilder().setAge(Times.proto(Duration.ofNanos(now - next.at))).build());
      sum += next.bytes;
    }
    return new Slice(recorded + 1, events, progress, sum);
  }

  void acknowledge(Slice slice) {
    synchronized (this) {
      if (closed) return;
      for (int n = 0; n < slice.events.size(); n++) pending.poll();
      recorded += slice.events.size();
      bytes -= slice.bytes;
      if (progress == slice.progress) progress = null;
    }
    wake();
  }

  /**
   * The server refuses what is pending. Lost log lines are a pity; where outputs are among them,
   * the attempt can't succeed any more. What comes next takes the place of what was refused.
   */
  void refuse(RuntimeException error) {
    synchronized (this) {
      long refused = pending.stream().filter(next -> next.event.hasOutput()).count();
      outputs -= refused;
      if (refused > 0) refusal = error;
      clear();
    }
    wake();
  }

  /** Drops what is pending and all that comes. */
  void close() {
    synchronized (this) {
      closed = true;
      clear();
    }
    wake();
  }

  /** Runs the work once nothing is left to send: now, or later on another thread. */
  void whenClean(Runnable work) {
    synchronized (this) {
      if (isDirty()) {
        whenClean.add(work);
        return;
      }
    }
    work.run();
  }

  private boolean append(AttemptEvent event) {
    if (closed) return false;
    int size = event.getSerializedSize() + 32;
    pending.add(new Buffered(event, System.nanoTime(), size));
    bytes += size;
    return true;
  }

  private void clear() {
    pending.clear();
    bytes = 0;
    progress = null;
  }

  private void wake() {
    List<Runnable> clean = List.of();
    Runnable room;
    synchronized (this) {
      notifyAll();
      room = isFull() ? null : whenRoom;
      if (!isDirty()) {
        clean = List.copyOf(whenClean);
        whenClean.clear();
      }
    }
    if (room != null) room.run();
    clean.forEach(Runnable::run);
  }
}
