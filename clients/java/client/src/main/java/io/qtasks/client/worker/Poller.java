package io.qtasks.client.worker;

import io.qtasks.api.v1.LeasedTask;
import io.qtasks.api.v1.PollTasksResponse;
import io.qtasks.client.QTasksException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps polls parked at the server while there are free slots. The first brings word of leases even
 * while no slot is free; slots that become free are offered by the next ones.
 */
final class Poller implements AutoCloseable {
  private static final int MAX_PARKED = 3;

  /**
   * One poll offers half of the slots at most, or so many where half is fewer: the server hands out
   * to one half while it records the outcomes of the other.
   */
  private static final int MIN_SHARE = 200;

  private static final Duration WAIT = Duration.ofSeconds(30);

  /**
   * An empty answer sooner than this counts as a failure, so that no server is asked in a tight
   * loop.
   */
  private static final long HASTY_NANOS = 25_000_000;

  private final Session session;
  private final Runner runner;
  private final int share;
  private final List<Role> threads = new ArrayList<>();
  // Guarded by this.
  private int parked;
  private int offered;
  private int failures;
  private boolean draining;
  private long pausedUntil = System.nanoTime();

  Poller(Session session, Runner runner) {
    this.session = session;
    this.runner = runner;
    this.share = Math.max(MIN_SHARE, (runner.slots() + 1) / 2);
    for (int n = 1; n <= MAX_PARKED; n++) threads.add(new PollThread(n));
  }

  void start() {
    threads.forEach(Role::start);
  }

  /** Slots became free. */
  synchronized void wake() {
    notifyAll();
  }

  /** No new poll for so long: the server is going away. */
  synchronized void pause(Duration duration) {
    pausedUntil = Math.max(pausedUntil, System.nanoTime() + duration.toNanos());
  }

  /** No new polls. */
  synchronized void drain() {
    draining = true;
    notifyAll();
  }

  /** Waits until those that are parked have answered, but no longer than that. */
  synchronized void awaitIdle(long millis) throws InterruptedException {
    long until = System.nanoTime() + millis * 1_000_000;
    for (long left = millis; parked > 0 && left > 0; left = (until - System.nanoTime()) / 1_000_000)
      wait(left);
  }

  /** Ends what is parked. What the server hands out at this moment comes back undelivered. */
  @Override
  public void close() {
    drain();
    threads.forEach(Role::close);
  }

  /** The credit of the next poll, once there is one to make; -1 when there will be none. */
  private synchronized int awaitCredit() throws InterruptedException {
    for (; ; ) {
      if (draining) return -1;
      long pauseMs = (pausedUntil - System.nanoTime()) / 1_000_000;
      int credit = Math.min(share, runner.freeSlots() - offered);
      if (pauseMs > 0) wait(pauseMs);
      else if (credit > 0 || parked == 0) return park(Math.max(0, credit));
      else wait();
    }
  }

  private int park(int credit) {
    parked++;
    offered += credit;
    return credit;
  }

  private synchronized void unpark(int credit) {
    parked--;
    offered -= credit;
    notifyAll();
  }

  private void ask(int credit) {
    long startedAt = System.nanoTime();
    try {
      PollTasksResponse answer = session.poll(credit, WAIT);
      for (LeasedTask leased : answer.getTasksList()) runner.take(leased);
      runner.hear(answer.getLeaseStatusesList(), answer.getDirectivesList());
      boolean saysNothing = answer.getTasksCount() == 0 && answer.getLeaseStatusesCount() == 0;
      settle(saysNothing && System.nanoTime() - startedAt < HASTY_NANOS);
    } catch (QTasksException error) {
      failed(error);
    } finally {
      unpark(credit);
    }
  }

  private synchronized void settle(boolean hasty) {
    failures = hasty ? failures + 1 : 0;
    if (hasty) pause(Duration.ofMillis(Delays.beforeRepeat(failures)));
  }

  private synchronized void failed(QTasksException error) {
    if (draining) return;
    Log.failure("a poll failed; trying again", error, ++failures);
    pause(error.retryAfter().orElse(Duration.ofMillis(Delays.beforeRepeat(failures))));
    session.reconnect();
  }

  private final class PollThread extends Role {
    PollThread(int number) {
      super("poller-" + number);
    }

    @Override
    void run() throws InterruptedException {
      for (int credit = awaitCredit(); credit >= 0; credit = awaitCredit()) ask(credit);
    }
  }
}
