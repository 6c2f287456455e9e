package io.qtasks.client.worker;

import io.qtasks.api.v1.LeaseRenewal;
import io.qtasks.api.v1.Payload;
import io.qtasks.client.QTasksException;
import java.util.ArrayList;
import java.util.List;

/** Sends heartbeats: they renew every lease that is held and carry its new checkpoint. */
final class Heart extends Role {
  private static final int MAX_RENEWALS = 1_000;
  private static final int MAX_BYTES = 1 << 20;

  private record Renewal(Attempt attempt, Payload checkpoint) {
    LeaseRenewal message() {
      var renewal = LeaseRenewal.newBuilder().setLeaseToken(attempt.key());
      if (checkpoint != null) renewal.setCheckpoint(checkpoint);
      return renewal.build();
    }
  }

  private final Session session;
  private final Runner runner;
  private volatile boolean draining;

  /** Guarded by this. */
  private boolean wanted;

  private int failures;

  Heart(Session session, Runner runner) {
    super("heart");
    this.session = session;
    this.runner = runner;
  }

  /** Tells the server, at once and from then on, that this worker takes no more. */
  void drain() {
    draining = true;
    beat();
  }

  /** One heartbeat now; when one is under way, another right after it. */
  synchronized void beat() {
    wanted = true;
    notifyAll();
  }

  @Override
  void run() throws InterruptedException {
    for (; ; ) {
      await();
      if (session.isClosed()) return;
      beatOnce();
    }
  }

  private synchronized void await() throws InterruptedException {
    long interval = Math.max(10, session.heartbeatInterval().toMillis());
    // A failed renewal is repeated sooner than the next one is due, while the lease lasts.
    long pause = failures == 0 ? interval : Math.min(interval, Delays.beforeRepeat(failures));
    long until = System.nanoTime() + pause * 1_000_000;
    for (long left = pause; !wanted && left > 0; left = (until - System.nanoTime()) / 1_000_000)
      wait(left);
    wanted = false;
  }

  private void beatOnce() throws InterruptedException {
    try {
      for (List<Renewal> chunk : chunks()) send(chunk);
      failures = 0;
    } catch (QTasksException error) {
      if (Thread.interrupted()) throw new InterruptedException();
      Log.failure("a heartbeat failed; trying again", error, ++failures);
      session.reconnect();
    }
  }

  private void send(List<Renewal> renewals) {
    session.heartbeat(
        renewals.stream().map(Renewal::message).toList(), runner.freeSlots(), draining);
    for (Renewal renewal : renewals)
      if (renewal.checkpoint != null) renewal.attempt.confirmCheckpoint(renewal.checkpoint);
  }

  /** At least one chunk, so that a heartbeat is sent while nothing is held. */
  private List<List<Renewal>> chunks() {
    var all = new ArrayList<List<Renewal>>();
    all.add(new ArrayList<>());
    int bytes = 0;
    for (Attempt attempt : runner.held()) {
      var renewal = new Renewal(attempt, attempt.newCheckpoint());
      int size = renewal.checkpoint == null ? 0 : renewal.checkpoint.getSerializedSize();
      if (all.get(all.size() - 1).size() >= MAX_RENEWALS || bytes + size > MAX_BYTES) {
        all.add(new ArrayList<>());
        bytes = 0;
      }
      bytes += size;
      all.get(all.size() - 1).add(renewal);
    }
    return all;
  }
}
