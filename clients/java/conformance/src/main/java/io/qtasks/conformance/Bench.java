package io.qtasks.conformance;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.qtasks.api.v1.TaskFilter;
import io.qtasks.api.v1.TaskState;
import io.qtasks.client.EnqueueItem;
import io.qtasks.client.EnqueueResult;
import io.qtasks.client.QTasksClient;
import io.qtasks.client.worker.Worker;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * Throughput of one process beside the server: enqueues in batches, then a worker that runs them.
 */
final class Bench {
  private static final int BATCH = 500;

  /** Batches that are made ahead of the server's answers. */
  private static final int AHEAD = 4;

  private static final int SLOTS = 1_000;

  private Bench() {}

  static JsonObject run(int count) throws InterruptedException {
    var facts = new JsonObject();
    facts.addProperty("batch", BATCH);
    define();
    try (var client = QTasksClient.connect(Main.address())) {
      facts.addProperty("enqueue_per_second", rate(count, () -> enqueue(client, count)));
      facts.addProperty("tasks_per_second", rate(count, () -> work(client, count)));
    }
    return facts;
  }

  /** Tasks can be enqueued once some worker has named them; this one is gone before they are. */
  private static void define() {
    try (var worker = Worker.builder(Main.address()).build()) {
      worker.handle("conformance.bench", JsonElement.class, (input, attempt) -> null).start();
    }
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private static long rate(int count, Work work) throws InterruptedException {
    long startedAt = System.nanoTime();
    work.run();
    return Math.round(count * 1e9 / (System.nanoTime() - startedAt));
  }

  private static void enqueue(QTasksClient client, int count) {
    var batches = new ArrayDeque<CompletableFuture<List<EnqueueResult>>>();
    for (int done = 0; done < count; done += BATCH) {
      var items =
          Collections.nCopies(
              Math.min(BATCH, count - done), new EnqueueItem("conformance.bench", null));
      batches.add(client.enqueueManyAsync(items));
      if (batches.size() >= AHEAD) check(batches.poll());
    }
    batches.forEach(Bench::check);
  }

  private static void check(CompletableFuture<List<EnqueueResult>> batch) {
    batch.join().forEach(EnqueueResult::get);
  }

  /**
   * From the start of the worker to its last outcome: its close reports what is still on its way.
   */
  private static void work(QTasksClient client, int count) throws InterruptedException {
    var left = new CountDownLatch(count);
    try (var worker = Worker.builder(Main.address()).slots(SLOTS).build()) {
      worker.handle(
          "conformance.bench",
          JsonElement.class,
          (input, attempt) -> {
            left.countDown();
            return null;
          });
      worker.start();
      left.await();
    }
    var waiting =
        TaskFilter.newBuilder()
            .addNames("conformance.bench")
            .addStates(TaskState.TASK_STATE_PENDING)
            .build();
    Checks.equal(0L, client.count(waiting).getCount(), "tasks left");
  }
}
