package io.qtasks.client.worker;

import io.qtasks.client.QTasksException;

/** A thread of the worker that does one thing until it is closed. */
abstract class Role implements AutoCloseable {
  private final Thread thread;

  Role(String name) {
    thread = new Thread(this::work, "qtasks-" + name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Interrupts what it waits for; harmless when repeated. */
  @Override
  public void close() {
    thread.interrupt();
  }

  /**
   * Runs until it is interrupted; a failed call that gets out of it can only be the end of the
   * session.
   */
  abstract void run() throws InterruptedException;

  private void work() {
    try {
      run();
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    } catch (QTasksException end) {
      if (!end.reason().equals("CALL_CANCELED")) Log.error(thread.getName() + " ended", end);
    }
  }
}
