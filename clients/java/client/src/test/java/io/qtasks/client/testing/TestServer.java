package io.qtasks.client.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A QTasks server in a process of its own, run from this repository. */
public final class TestServer implements AutoCloseable {
  private static TestServer shared;

  private final Path folder;
  private final List<String> options;
  private final int port;
  private Processes process;

  private TestServer(int port, List<String> options) {
    this.folder = temporaryFolder();
    this.port = port;
    this.options = options;
    start();
  }

  /** One for all tests that do nothing to the server; they use names of their own. */
  public static synchronized TestServer shared() {
    if (shared == null) shared = memory();
    return shared;
  }

  /** One that keeps everything in memory. */
  public static TestServer memory(String... options) {
    return with("memory:", options);
  }

  /** One whose tasks survive its process, to be killed and started again on the same port. */
  public static TestServer durable() {
    return with("sqlite:./tasks.db");
  }

  /** One with leases that run out soon. */
  public static TestServer fast() throws IOException {
    String app =
        """
        import { QueueTasks } from "%s";
        export const app = new QueueTasks({ timings: {
          heartbeatIntervalMs: 300, deliveryTimeoutMs: 1500, leaseMs: 1500, sessionTtlMs: 2000, sweepIntervalMs: 300 } });
        """
            .formatted(repository().resolve("src/index.ts"));
    Path file = temporaryFolder().resolve("app.ts");
    Files.writeString(file, app);
    return memory("--app", file.toString());
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  /** SIGKILL. */
  public void kill() {
    process.close();
  }

  /** Starts it on the same port, with the same files. */
  public void start() {
    var command =
        new ArrayList<>(List.of(node(), repository().resolve("bin/qtasks.js").toString(), "serve"));
    command.addAll(List.of("--grpc", address(), "--http", "127.0.0.1:0"));
    command.addAll(options);
    process = Processes.start(new ProcessBuilder(command).directory(folder.toFile()));
    process.awaitLine("serves gRPC on \\S+:\\d+");
    process.readAway();
  }

  @Override
  public void close() {
    kill();
  }

  private static TestServer with(String url, String... options) {
    var all = new ArrayList<>(List.of("--url", url));
    all.addAll(List.of(options));
    return new TestServer(freePort(), all);
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  private static Path temporaryFolder() {
    try {
      Path folder = Files.createTempDirectory("qtasks-java-");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  /** The repository's own, as its scripts use it; else the one on the PATH. */
  private static String node() {
    Path own = repository().resolve("node_modules/.bin/node");
    return Files.exists(own) ? own.toString() : "node";
  }

  /** The folder above this module that has the server. */
  private static Path repository() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent())
      if (Files.exists(at.resolve("bin/qtasks.js"))) return at;
    throw new AssertionError("the tests run within the repository of QTasks");
  }
}
