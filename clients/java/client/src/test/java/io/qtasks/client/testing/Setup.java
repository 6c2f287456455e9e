package io.qtasks.client.testing;

import io.qtasks.client.ClientOptions;
import io.qtasks.client.Endpoint;
import io.qtasks.client.QTasksClient;
import io.qtasks.client.worker.Worker;
import java.time.Duration;
import java.util.UUID;

/**
 * What a test works with: a client and a worker of one server, and names that no other test has.
 */
public final class Setup implements AutoCloseable {
  /** Above all that a test waits for. */
  public static final Duration LIMIT = Duration.ofSeconds(20);

  public final QTasksClient client;
  public final Worker worker;
  private final String prefix = "test-" + UUID.randomUUID() + ".";

  public Setup(TestServer server) {
    this(server, 10);
  }

  public Setup(TestServer server, int slots) {
    client = QTasksClient.connect(Endpoint.of(server.address()), ClientOptions.DEFAULTS);
    worker = Worker.builder(server.address()).slots(slots).grace(Duration.ofSeconds(5)).build();
  }

  /** A task's name of this test. */
  public String name(String name) {
    return prefix + name;
  }

  @Override
  public void close() {
    worker.close();
    client.close();
  }
}
