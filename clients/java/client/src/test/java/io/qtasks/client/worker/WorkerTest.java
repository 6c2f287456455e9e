package io.qtasks.client.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.qtasks.api.v1.AdminServiceGrpc;
import io.qtasks.api.v1.DrainWorkerRequest;
import io.qtasks.client.QTasksException;
import io.qtasks.client.testing.Setup;
import io.qtasks.client.testing.TestServer;
import io.qtasks.conformance.v1.ConformanceTasksGrpc.ConformanceTasksImplBase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(40)
class WorkerTest {
  @Test
  void optionsAreChecked() {
    var builder = Worker.builder("127.0.0.1:50051");
    assertThrows(IllegalArgumentException.class, () -> builder.slots(0).build());
    assertThrows(IllegalArgumentException.class, () -> builder.slots(10_001).build());
    assertThrows(
        IllegalArgumentException.class,
        () -> builder.slots(1).grace(Duration.ofMillis(-1)).build());
    assertThrows(QTasksException.class, () -> Worker.builder("nowhere"));
  }

  @Test
  void aNameHasOneHandler() {
    var worker =
        Worker.builder("127.0.0.1:50051")
            .build()
            .handle("a", Object.class, (input, attempt) -> null);
    assertThrows(
        IllegalArgumentException.class,
        () -> worker.handle("a", Object.class, (input, attempt) -> null));
    worker.addService(new ConformanceTasksImplBase() {});
    assertThrows(
        IllegalArgumentException.class, () -> worker.addService(new ConformanceTasksImplBase() {}));
  }

  @Test
  void closeIsHarmlessBeforeTheStartAndTwice() {
    try (var setup = new Setup(TestServer.shared())) {
      setup.worker.close();
      setup.worker.handle(setup.name("a"), Object.class, (input, attempt) -> input).start();
      assertEquals(1L, setup.client.run(setup.name("a"), 1, Object.class));
      setup.worker.close();
      setup.worker.close();
      setup.worker.start();
      assertEquals(2L, setup.client.run(setup.name("a"), 2, Object.class));
    }
  }

  @Test
  void closeEndsAStartThatFindsNoServer() throws Exception {
    var worker =
        Worker.builder("127.0.0.1:1").build().handle("a", Object.class, (input, attempt) -> null);
    var start =
        CompletableFuture.supplyAsync(() -> assertThrows(QTasksException.class, worker::start));
    while (worker.sessionId().isEmpty()) Thread.onSpinWait();
    worker.close();
    assertEquals("CALL_CANCELED", start.get().reason());
  }

  @Test
  void aHandlerAddedWhileItRunsIsTold() {
    try (var setup = new Setup(TestServer.shared())) {
      setup.worker.handle(setup.name("a"), Object.class, (input, attempt) -> "a").start();
      setup.worker.handle(setup.name("b"), Object.class, (input, attempt) -> "b");
      assertEquals("b", setup.client.run(setup.name("b"), null, Object.class));
    }
  }

  @Test
  void anExecutorOfTheUsersRunsHandlers() {
    var threads = Executors.newCachedThreadPool(work -> new Thread(work, "mine"));
    try (var setup = new Setup(TestServer.shared());
        var worker = Worker.builder(TestServer.shared().address()).executor(threads).build()) {
      worker
          .handle(
              setup.name("a"), Object.class, (input, attempt) -> Thread.currentThread().getName())
          .start();
      assertEquals("mine", setup.client.run(setup.name("a"), null, String.class));
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void anOperatorDrainsIt() throws InterruptedException {
    var channel =
        Grpc.newChannelBuilder(TestServer.shared().address(), InsecureChannelCredentials.create())
            .build();
    try (var setup = new Setup(TestServer.shared())) {
      setup.worker.handle(setup.name("a"), Object.class, (input, attempt) -> null).start();
      var request =
          DrainWorkerRequest.newBuilder()
              .setSessionId(setup.worker.sessionId())
              .setReason("test")
              .build();
      AdminServiceGrpc.newBlockingStub(channel).drainWorker(request);
      setup.worker.awaitStopped();
      assertTrue(setup.worker.sessionId().isEmpty());
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void aServerThatForgotTheSessionLearnsItAgain() {
    try (var server = TestServer.memory();
        var setup = new Setup(server)) {
      setup.worker.handle(setup.name("a"), Object.class, (input, attempt) -> input).start();
      String session = setup.worker.sessionId();
      assertEquals("x", setup.client.run(setup.name("a"), "x", String.class));
      server.kill();
      server.start();
      // The server knows the name once the worker has registered again.
      for (; ; ) {
        try {
          assertEquals("y", setup.client.run(setup.name("a"), "y", String.class));
          break;
        } catch (QTasksException error) {
          assertEquals("DEFINITION_NOT_FOUND", error.reason());
        }
      }
      assertEquals(session, setup.worker.sessionId());
    }
  }
}
