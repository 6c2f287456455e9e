package io.qtasks.client.worker;

import com.google.protobuf.ByteString;
import io.qtasks.api.v1.Directive;
import io.qtasks.api.v1.LeaseStatus;
import io.qtasks.api.v1.LeaseVerdict;
import io.qtasks.api.v1.LeasedTask;
import io.qtasks.api.v1.Outcome;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;

/** The attempts that this worker holds, and what becomes of each. */
final class Runner {
  /** A task whose handler this worker lacks goes back for this long, for others to take. */
  private static final Duration UNKNOWN_DELAY = Duration.ofSeconds(1);

  private final int slots;
  private final Registry registry;
  private final Session.WordListener listener;
  private final Runnable onFree;
  private final Map<ByteString, Attempt> held = new ConcurrentHashMap<>();
  private volatile RunParts parts;
  private volatile BiConsumer<Attempt, Outcome> report;
  private volatile boolean draining;

  Runner(int slots, Registry registry, Session.WordListener listener, Runnable onFree) {
    this.slots = slots;
    this.registry = registry;
    this.listener = listener;
    this.onFree = onFree;
  }

  /**
   * What handlers work with, and who is told of endings; to be called before the first task comes.
   */
  void connect(RunParts handlerParts, BiConsumer<Attempt, Outcome> reporter) {
    parts = handlerParts;
    report = reporter;
  }

  int slots() {
    return slots;
  }

  int freeSlots() {
    return Math.max(0, slots - held.size());
  }

  /**
   * Attempts whose leases must be renewed: those that run and those whose outcome is not recorded
   * yet.
   */
  Collection<Attempt> held() {
    return held.values();
  }

  /** Starts the attempt; while draining, gives it back. */
  void take(LeasedTask leased) {
    var attempt = new Attempt(leased, this::ended);
    // An answer that was sent twice must not run a task twice.
    if (held.putIfAbsent(attempt.key(), attempt) != null) return;
    if (draining) attempt.settle(Endings.release("the worker is stopping", Duration.ZERO));
    else run(attempt);
  }

  void hear(List<LeaseStatus> statuses, List<Directive> directives) {
    listener.hear(statuses, directives);
  }

  /** Tells attempts what the server said of their leases. */
  void apply(List<LeaseStatus> statuses) {
    for (LeaseStatus status : statuses) {
      Attempt attempt = held.get(status.getLeaseToken());
      if (attempt == null) continue;
      if (status.getVerdict() == LeaseVerdict.LEASE_VERDICT_LOST) attempt.lose();
      if (status.getVerdict() == LeaseVerdict.LEASE_VERDICT_CANCEL_REQUESTED)
        attempt.cancel(status.getCancelReason());
    }
  }

  /** What comes from now on is given back. */
  void drain() {
    draining = true;
  }

  /** Tells all handlers to stop. */
  void stopAll() {
    held.values().forEach(Attempt::stop);
  }

  /** Gives back all that is still held. */
  void giveUpAll() {
    held.values().forEach(Attempt::giveUp);
  }

  /** Frees the slots of attempts whose outcomes are recorded, or never will be. */
  void free(List<Attempt> attempts) {
    for (Attempt attempt : attempts) {
      held.remove(attempt.key());
      // The slot is freed all the same, or one bad handler after the other would take all.
      if (!attempt.isSettled())
        Log.warn(
            attempt, "a handler goes on although its attempt is over: it should heed interrupts");
    }
    onFree.run();
    synchronized (this) {
      notifyAll();
    }
  }

  /** Waits until nothing is held, but no longer than that. */
  synchronized boolean awaitEmpty(Duration limit) throws InterruptedException {
    long until = System.nanoTime() + limit.toNanos();
    for (long left = limit.toMillis();
        !held.isEmpty() && left > 0;
        left = (until - System.nanoTime()) / 1_000_000) wait(left);
    return held.isEmpty();
  }

  private void run(Attempt attempt) {
    Registration registration = registry.get(attempt.spec().getName());
    if (registration == null) {
      Log.warn(attempt, "no handler for the task: it goes back");
      attempt.settle(Endings.release("no handler for the task", UNKNOWN_DELAY));
      return;
    }
    attempt.arm(parts.timer());
    try {
      parts.threads().execute(() -> registration.code().run(attempt, parts));
    } catch (RejectedExecutionException full) {
      attempt.settle(Endings.release("the worker's executor takes no more", UNKNOWN_DELAY));
    }
  }

  private void ended(Attempt attempt, Outcome ending) {
    if (ending != null) {
      report.accept(attempt, ending);
      return;
    }
    Log.warn(attempt, "the lease of an attempt was lost");
    free(List.of(attempt));
  }
}
