package io.qtasks.client.worker;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The pool that handlers run in: as many threads as attempts at once; idle ones end after a minute.
 */
final class Threads {
  private Threads() {}

  static ExecutorService cached() {
    var count = new AtomicInteger();
    return Executors.newCachedThreadPool(
        work -> {
          Thread thread = new Thread(work, "qtasks-handler-" + count.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }
}
