package io.qtasks.client.worker;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/** Runs work one after the other, in order, on threads of another executor. */
final class SerialExecutor implements Executor {
  private final Executor threads;
  private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
  private boolean running;

  SerialExecutor(Executor threads) {
    this.threads = threads;
  }

  @Override
  public void execute(Runnable work) {
    if (enter(work)) threads.execute(this::drain);
  }

  /** As {@link #execute}, on this thread where nothing else runs. */
  void executeHere(Runnable work) {
    if (enter(work)) drain();
  }

  private synchronized boolean enter(Runnable work) {
    queue.add(work);
    if (running) return false;
    running = true;
    return true;
  }

  private void drain() {
    for (Runnable work = next(); work != null; work = next()) work.run();
  }

  private synchronized Runnable next() {
    Runnable work = queue.poll();
    if (work == null) running = false;
    return work;
  }
}
