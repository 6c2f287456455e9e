package io.qtasks.client.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import io.qtasks.api.v1.TaskState;
import io.qtasks.client.EnqueueOptions;
import io.qtasks.client.TaskHandle;
import io.qtasks.client.testing.Processes;
import io.qtasks.client.testing.Setup;
import io.qtasks.client.testing.TestServer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers and servers that are real processes, ended in the middle of their work. */
@Timeout(60)
class ProcessTest {
  record Answer(int attempt, long pid) {}

  private static TaskHandle<Answer> sleep(Setup setup, int delayMs) {
    return setup.client.enqueue(setup.name("sleep"), delayMs).as(Answer.class);
  }

  private static Processes workerOf(TestServer server, Setup setup) {
    String java = ProcessHandle.current().info().command().orElseThrow();
    var command =
        new ProcessBuilder(
            java,
            "-cp",
            System.getProperty("java.class.path"),
            SleepWorker.class.getName(),
            server.address(),
            setup.name("sleep"));
    var process = Processes.start(command);
    process.awaitLine("ready");
    return process;
  }

  @Test
  void onSigtermAWorkerFinishesAndExits() throws InterruptedException {
    try (var setup = new Setup(TestServer.shared());
        var process = workerOf(TestServer.shared(), setup)) {
      var running = sleep(setup, 500);
      process.awaitLine("begun");
      process.terminate();
      assertEquals(new Answer(1, process.pid()), running.result(Setup.LIMIT));
      assertEquals(0, process.exitCode());
      assertEquals(TaskState.TASK_STATE_PENDING, sleep(setup, 1).get().getState());
    }
  }

  @Test
  void theTaskOfAKilledWorkerRunsElsewhere() throws Exception {
    try (var server = TestServer.fast();
        var setup = new Setup(server);
        var killed = workerOf(server, setup)) {
      var handle = sleep(setup, 1_500);
      killed.awaitLine("begun");
      killed.close();
      try (var other = workerOf(server, setup)) {
        assertEquals(new Answer(2, other.pid()), handle.result(Setup.LIMIT));
      }
    }
  }

  @Test
  void clientAndWorkerSurviveTheServer() throws InterruptedException {
    try (var server = TestServer.durable();
        var setup = new Setup(server)) {
      var begun = new CountDownLatch(1);
      var goOn = new CountDownLatch(1);
      setup
          .worker
          .handle(
              setup.name("held"),
              JsonElement.class,
              (input, attempt) -> {
                begun.countDown();
                goOn.await();
                return attempt.attempt();
              })
          .handle(setup.name("echo"), Object.class, (input, attempt) -> input)
          .start();
      var held = setup.client.enqueue(setup.name("held"), null).as(int.class);
      var waits = held.resultAsync(Setup.LIMIT);
      begun.await();
      server.kill();
      var enqueued =
          setup.client.enqueueAsync(setup.name("echo"), Map.of("a", 1L), EnqueueOptions.DEFAULTS);
      server.start();
      goOn.countDown();
      assertEquals(1, waits.join());
      assertEquals(Map.of("a", 1L), enqueued.join().as(Object.class).result(Setup.LIMIT));
    }
  }

  @Test
  void aWorkerThatIsClosedGivesBackWhatDoesNotEnd() throws InterruptedException {
    try (var setup = new Setup(TestServer.shared());
        var stubborn = Worker.builder(TestServer.shared().address()).grace(Duration.ZERO).build()) {
      var begun = new CountDownLatch(1);
      stubborn
          .handle(
              setup.name("held"),
              JsonElement.class,
              (input, attempt) -> {
                begun.countDown();
                Thread.sleep(60_000);
                return null;
              })
          .start();
      var held = setup.client.enqueue(setup.name("held"), null).as(int.class);
      begun.await();
      stubborn.close();
      setup
          .worker
          .handle(setup.name("held"), JsonElement.class, (input, attempt) -> attempt.attempt())
          .start();
      assertEquals(2, held.result(Setup.LIMIT));
      assertEquals(1, held.get().getAttemptCount());
    }
  }
}
