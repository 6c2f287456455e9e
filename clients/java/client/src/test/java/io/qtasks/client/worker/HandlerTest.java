package io.qtasks.client.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.rpc.Code;
import io.qtasks.api.v1.FailureKind;
import io.qtasks.api.v1.RetryPolicy;
import io.qtasks.api.v1.TaskState;
import io.qtasks.client.EnqueueOptions;
import io.qtasks.client.QTasksClient;
import io.qtasks.client.TaskFailedException;
import io.qtasks.client.TaskHandle;
import io.qtasks.client.WatchOptions;
import io.qtasks.client.internal.Times;
import io.qtasks.client.testing.Setup;
import io.qtasks.client.testing.TestServer;
import io.qtasks.conformance.v1.EchoRequest;
import io.qtasks.conformance.v1.EchoResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(40)
class HandlerTest {
  private static final EnqueueOptions SOON =
      EnqueueOptions.DEFAULTS.retryPolicy(
          RetryPolicy.newBuilder()
              .setInitialBackoff(Times.protoMillis(20))
              .setMaxAttempts(3)
              .build());

  private final Setup setup = new Setup(TestServer.shared());
  private final QTasksClient client = setup.client;
  private final String name = setup.name("task");

  @AfterEach
  void close() {
    setup.close();
  }

  private <O> TaskHandle<JsonElement> enqueue(Handler<JsonElement, O> handler) {
    setup.worker.handle(name, JsonElement.class, handler).start();
    return client.enqueue(name, Map.of("n", 1), SOON);
  }

  private <O> TaskFailedException failure(Handler<JsonElement, O> handler) {
    var handle = enqueue(handler);
    return assertThrows(TaskFailedException.class, () -> handle.result(Setup.LIMIT));
  }

  @Test
  void aHandlerKnowsItsAttempt() {
    setup.worker.handle(
        name,
        JsonElement.class,
        (input, attempt) ->
            Map.of(
                "id",
                attempt.taskId(),
                "attempt",
                attempt.attempt(),
                "token",
                attempt.fencingToken() > 0,
                "header",
                attempt.headers().get("x"),
                "limited",
                attempt.timeLeft().isPresent(),
                "queue",
                attempt.queue()));
    setup.worker.start();
    var options =
        SOON.headers(Map.of("x", "y")).attemptTimeout(Duration.ofMinutes(1)).queue("default");
    var handle = client.enqueue(name, null, options);
    var expected =
        Map.of(
            "id",
            handle.id(),
            "attempt",
            1L,
            "token",
            true,
            "header",
            "y",
            "limited",
            true,
            "queue",
            "default");
    assertEquals(expected, handle.as(Object.class).result(Setup.LIMIT));
  }

  @Test
  void messagesAreTakenAndGiven() {
    setup
        .worker
        .handle(
            name,
            EchoRequest.class,
            (input, attempt) -> EchoResponse.newBuilder().setText(input.getText()).build())
        .start();
    var request = EchoRequest.newBuilder().setText("ä").build();
    assertEquals("ä", client.run(name, request, EchoResponse.class).getText());
    assertEquals("b", client.run(name, Map.of("text", "b"), EchoResponse.class).getText());
  }

  @Test
  void anExceptionIsRetriedThenTheFailure() {
    var runs = new AtomicInteger();
    var error =
        failure(
            (input, attempt) -> {
              runs.incrementAndGet();
              throw new IllegalStateException("no luck", new RuntimeException("the cause"));
            });
    assertEquals(3, runs.get());
    assertEquals("java.lang.IllegalStateException", error.type());
    assertEquals("no luck", error.failure().getMessage());
    assertEquals("the cause", error.failure().getCause().getMessage());
    assertTrue(error.failure().getSource().startsWith("java/"));
    assertTrue(client.get(error.taskId()).getFailure().getStackTrace().contains("HandlerTest"));
  }

  @Test
  void aTaskExceptionHasTypeCodeAndDetails() {
    var error =
        failure(
            (input, attempt) -> {
              throw new TaskException(Code.NOT_FOUND, "test.Gone", "it is gone", Map.of("id", 7));
            });
    assertEquals(Code.NOT_FOUND, error.code());
    assertEquals("test.Gone", error.type());
    assertEquals(Map.of("id", 7L), error.details(Object.class));
    assertEquals(1, error.task().getAttemptCount());
  }

  @Test
  void aTerminalExceptionEndsTheTask() {
    var error =
        failure(
            (input, attempt) -> {
              throw new TerminalException("for good");
            });
    assertEquals(1, error.task().getAttemptCount());
    assertTrue(error.failure().getNonRetryable());
  }

  @Test
  void retryLaterAndSnooze() {
    var attempts = new AtomicInteger();
    var handle =
        enqueue(
            (input, attempt) ->
                switch (attempts.incrementAndGet()) {
                  case 1 -> throw new RetryLaterException(Duration.ofMillis(10), "later");
                  case 2 -> throw new SnoozeException(Duration.ofMillis(10));
                  default -> attempt.previousFailure().orElseThrow().getMessage();
                });
    assertEquals("later", handle.as(String.class).result(Setup.LIMIT));
    assertEquals(2, handle.get().getAttemptCount());
  }

  @Test
  void anErrorIsAFailureToo() {
    assertEquals("java.lang.StackOverflowError", failure((input, attempt) -> overflow(1)).type());
  }

  private static int overflow(int depth) {
    return overflow(depth + 1) + 1;
  }

  @Test
  void anInputThatCantBeReadIsRejected() {
    setup.worker.handle(name, Integer.class, (input, attempt) -> input).start();
    var handle = client.enqueue(name, "text");
    var error = assertThrows(TaskFailedException.class, () -> handle.result(Setup.LIMIT));
    assertEquals(FailureKind.FAILURE_KIND_REJECTED, error.failure().getKind());
    assertTrue(error.failure().getMessage().contains("Integer"), error.failure().getMessage());
  }

  @Test
  void aResultThatCantBeSentFailsTheTask() {
    assertEquals("qtasks.ResultNotEncodable", failure((input, attempt) -> Double.NaN).type());
  }

  @Test
  void aResultThatIsTooLargeFailsTheTask() {
    assertEquals("qtasks.ResultTooLarge", failure((input, attempt) -> "x".repeat(2 << 20)).type());
  }

  @Test
  void aCancelInterruptsTheHandler() throws InterruptedException {
    var begun = new CountDownLatch(1);
    var handle =
        enqueue(
            (input, attempt) -> {
              begun.countDown();
              Thread.sleep(60_000);
              return null;
            });
    begun.await();
    handle.cancel("enough");
    var error = assertThrows(TaskFailedException.class, () -> handle.result(Setup.LIMIT));
    assertEquals(TaskState.TASK_STATE_CANCELED, error.state());
    assertEquals("enough", error.task().getCancelReason());
  }

  @Test
  void aValueReturnedAfterACancelCounts() throws InterruptedException {
    var begun = new CountDownLatch(1);
    var handle =
        enqueue(
            (input, attempt) -> {
              begun.countDown();
              try {
                Thread.sleep(60_000);
              } catch (InterruptedException interrupt) {
                return attempt.aborted().orElseThrow().why();
              }
              return null;
            });
    begun.await();
    handle.cancel("enough");
    assertEquals("CANCELED", handle.as(String.class).result(Setup.LIMIT));
  }

  @Test
  void theNextTaskOfAThreadIsNotInterrupted() {
    var runs = new AtomicInteger();
    var handle =
        enqueue(
            (input, attempt) -> {
              if (runs.incrementAndGet() == 1) Thread.currentThread().interrupt();
              return Thread.currentThread().isInterrupted();
            });
    assertTrue(handle.as(boolean.class).result(Setup.LIMIT));
    for (int n = 0; n < 20; n++) assertFalse(client.run(name, null, boolean.class));
  }

  @Test
  void anAttemptHasItsTime() {
    setup
        .worker
        .handle(
            name,
            JsonElement.class,
            (input, attempt) -> {
              Thread.sleep(60_000);
              return null;
            })
        .start();
    var once =
        EnqueueOptions.DEFAULTS
            .attemptTimeout(Duration.ofMillis(100))
            .retryPolicy(RetryPolicy.newBuilder().setMaxAttempts(1).build());
    var handle = client.enqueue(name, null, once);
    var error = assertThrows(TaskFailedException.class, () -> handle.result(Setup.LIMIT));
    assertEquals(FailureKind.FAILURE_KIND_ATTEMPT_TIMEOUT, error.failure().getKind());
  }

  @Test
  void outputsLogsAndProgressReachTheWatch() {
    setup
        .worker
        .handle(
            name,
            Integer.class,
            HandlerOptions.STREAMING,
            (count, attempt) -> {
              attempt.log("begins");
              for (int n = 0; n < count; n++) attempt.output(n);
              attempt.progress(count, count, "done");
              return "result";
            })
        .start();
    var handle = client.enqueue(name, 2_500);
    var outputs = new ArrayList<Integer>();
    var logs = new ArrayList<String>();
    try (var watch = handle.watch(WatchOptions.EVENTS)) {
      for (var change : watch) {
        if (change.isOutput()) outputs.add(Integer.parseInt(change.event().getOutput().getText()));
        else if (!change.isTask()) logs.add(change.event().getLog().getMessage());
      }
    }
    assertEquals(2_500, outputs.size());
    for (int n = 0; n < 2_500; n++) assertEquals(n, outputs.get(n));
    assertEquals(List.of("begins"), logs);
    assertEquals("done", handle.get().getProgress().getMessage());
    assertEquals("result", handle.as(String.class).result());
    int kept = 0;
    for (var event : client.events(handle.id(), 0)) kept += event.hasOutput() ? 1 : 0;
    assertEquals(2_500, kept);
  }

  @Test
  void aCheckpointIsLeftToTheNextAttempt() {
    var handle =
        enqueue(
            (input, attempt) -> {
              var saved = attempt.checkpoint(Integer.class);
              if (saved.isPresent()) return saved.get();
              attempt.saveCheckpoint(41);
              assertEquals(41, attempt.checkpoint(Integer.class).orElseThrow());
              throw new TaskException(Code.UNAVAILABLE, "once more");
            });
    assertEquals(41, handle.as(int.class).result(Setup.LIMIT));
  }

  @Test
  void aRetriedParentFindsItsChildren() {
    var enqueued = new ArrayList<List<String>>();
    setup.worker.handle(
        setup.name("child"),
        Integer.class,
        (input, attempt) -> attempt.parentTaskId().orElseThrow());
    var parent =
        enqueue(
            (input, attempt) -> {
              var ids = new ArrayList<String>();
              for (int child : List.of(1, 1, 2))
                ids.add(attempt.enqueue(setup.name("child"), child, EnqueueOptions.DEFAULTS));
              enqueued.add(ids);
              if (attempt.attempt() == 1) throw new TaskException(Code.UNAVAILABLE, "once more");
              return null;
            });
    parent.result(Setup.LIMIT);
    assertEquals(enqueued.get(0), enqueued.get(1));
    assertEquals(3, enqueued.get(0).stream().distinct().count());
    assertEquals(
        parent.id(), client.handle(enqueued.get(0).get(2)).as(String.class).result(Setup.LIMIT));
  }

  @Test
  void limitsAreNamed() {
    var error =
        failure(
            (input, attempt) -> {
              assertThrows(IllegalArgumentException.class, () -> attempt.progress(-1, 0, ""));
              attempt.saveCheckpoint("x".repeat(70_000));
              return null;
            });
    assertTrue(error.failure().getMessage().contains("65536"), error.failure().getMessage());
  }
}
