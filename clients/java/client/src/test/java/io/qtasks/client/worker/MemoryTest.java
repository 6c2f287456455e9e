package io.qtasks.client.worker;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import io.qtasks.client.EnqueueItem;
import io.qtasks.client.EnqueueOptions;
import io.qtasks.client.TaskHandle;
import io.qtasks.client.testing.Setup;
import io.qtasks.client.testing.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What 100,000 tasks leave in the memory of a client and a worker: nothing. */
@Timeout(300)
class MemoryTest {
  private static final int ROUND = 20_000;
  private static final int ROUNDS = 5;

  @Test
  void aHundredThousandTasksLeaveNothing() throws InterruptedException {
    try (var setup = new Setup(TestServer.shared(), 1_000)) {
      setup.worker.handle(setup.name("a"), JsonElement.class, (input, attempt) -> input).start();
      round(setup);
      long before = usedAfterCollection();
      for (int n = 1; n < ROUNDS; n++) round(setup);
      long grown = usedAfterCollection() - before;
      assertTrue(grown < 4 << 20, "80,000 tasks left " + grown + " bytes");
    }
  }

  private static void round(Setup setup) {
    var options = EnqueueOptions.DEFAULTS.retention(Duration.ofMinutes(1));
    var results =
        setup.client.enqueueMany(
            Collections.nCopies(ROUND, new EnqueueItem(setup.name("a"), "x", options)));
    var handles = new ArrayList<TaskHandle<JsonElement>>();
    for (var result : results) handles.add(result.get());
    setup.client.gather(handles, Duration.ofSeconds(120));
  }

  private static long usedAfterCollection() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int n = 0; n < 5; n++) {
      System.gc();
      Thread.sleep(50);
      least =
          Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
    }
    return least;
  }
}
