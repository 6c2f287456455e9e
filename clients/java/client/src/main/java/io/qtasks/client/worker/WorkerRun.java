package io.qtasks.client.worker;

import io.qtasks.api.v1.Directive;
import io.qtasks.api.v1.LeaseStatus;
import io.qtasks.client.internal.Calls;
import io.qtasks.client.internal.Timer;
import io.qtasks.client.internal.Times;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;

/** A worker from its start to its stop: the parts, wired. */
final class WorkerRun {
  /** How long parked polls have to answer once the server knows that this worker drains. */
  private static final long POLLS_MS = 500;

  /** How long handlers have to end after they were told to stop. */
  private static final Duration ABORT = Duration.ofSeconds(1);

  /**
   * How long the last outcomes have to reach the server; what does not is released with the
   * session.
   */
  private static final Duration REPORT = Duration.ofSeconds(5);

  private final Calls calls;
  private final Session session;
  private final Runner runner;
  private final Recorder recorder;
  private final Reporter reporter;
  private final Poller poller;
  private final Heart heart;
  private final Timer timer;
  private final ExecutorService ownThreads;
  private final Runnable onDrain;

  /** {@code onDrain}: an operator asks the worker to end. */
  WorkerRun(WorkerOptions options, Registry registry, Runnable onDrain) {
    this.onDrain = onDrain;
    calls = new Calls(options.endpoint);
    timer = new Timer("qtasks-worker-timer");
    ownThreads = options.executor == null ? Threads.cached() : null;
    Executor threads = options.executor == null ? ownThreads : options.executor;
    session = new Session(calls, options, registry, this::hear);
    runner = new Runner(options.slots, registry, this::hear, this::wakePoller);
    recorder = new Recorder(session);
    reporter = new Reporter(session, recorder, runner::free);
    runner.connect(new RunParts(threads, timer, recorder, session), reporter::report);
    poller = new Poller(session, runner);
    heart = new Heart(session, runner);
  }

  /**
   * Registers, then takes tasks. Throws when the server refuses the worker, or {@link #close} comes
   * first.
   */
  void start() {
    session.register();
    recorder.start();
    reporter.start();
    heart.start();
    poller.start();
  }

  /** Tells the server what the worker can run now. */
  void registerAgain() {
    session.register();
  }

  String sessionId() {
    return session.id;
  }

  int held() {
    return runner.held().size();
  }

  /**
   * Takes nothing more; lets handlers finish within the grace, then tells them to stop and gives
   * back what is left; ends the session.
   */
  void stop(Duration grace) throws InterruptedException {
    runner.drain();
    poller.drain();
    heart.drain();
    poller.awaitIdle(POLLS_MS);
    poller.close();
    if (!runner.awaitEmpty(grace)) endHandlers();
    unregister();
    close();
  }

  /** Ends everything at once; nothing is reported. */
  void close() {
    session.close();
    List.of(poller, heart, reporter, recorder).forEach(WorkerRun::end);
    timer.close();
    calls.close();
    if (ownThreads != null) ownThreads.shutdownNow();
  }

  private void endHandlers() throws InterruptedException {
    runner.stopAll();
    if (runner.awaitEmpty(ABORT)) return;
    runner.giveUpAll();
    runner.awaitEmpty(REPORT);
  }

  private void unregister() {
    heart.close();
    try {
      int released = session.unregister();
      if (released > 0) Log.warn("the server released what was not reported: " + released);
    } catch (RuntimeException error) {
      // The server ends the session by itself when it hears no more of it.
      Log.info("the session could not be ended: " + error.getMessage());
    }
  }

  private void wakePoller() {
    poller.wake();
  }

  private void hear(List<LeaseStatus> statuses, List<Directive> directives) {
    runner.apply(statuses);
    directives.forEach(this::obey);
  }

  private void obey(Directive directive) {
    switch (directive.getKind()) {
      case DIRECTIVE_KIND_DRAIN -> onDrain.run();
      case DIRECTIVE_KIND_REGISTER -> timer.after(0, this::reopen);
      case DIRECTIVE_KIND_RECONNECT -> moveAfter(Times.of(directive.getDelay()));
      default -> {}
    }
  }

  /** The server is going away: no new poll for so long, then a new connection. */
  private void moveAfter(Duration delay) {
    poller.pause(delay);
    timer.after(delay.toMillis(), session::move);
  }

  /** Leases are judged by their tokens: they go on in the new session. */
  private void reopen() {
    try {
      session.register();
      heart.beat();
    } catch (RuntimeException error) {
      if (!session.isClosed()) Log.error("the server refuses to register this worker", error);
    }
  }

  private static void end(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception error) {
      Log.error("a part of the worker did not close", error);
    }
  }
}
