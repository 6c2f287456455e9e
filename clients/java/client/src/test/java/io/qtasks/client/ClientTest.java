package io.qtasks.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.qtasks.api.v1.Task;
import io.qtasks.api.v1.TaskFilter;
import io.qtasks.api.v1.TaskState;
import io.qtasks.client.testing.Setup;
import io.qtasks.client.testing.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(40)
class ClientTest {
  private final Setup setup = new Setup(TestServer.shared());
  private final QTasksClient client = setup.client;
  private final String name = setup.name("task");

  record Sum(int x, int y) {}

  @AfterEach
  void close() {
    setup.close();
  }

  private void sums() {
    setup.worker.handle(name, Sum.class, (input, attempt) -> input.x() + input.y()).start();
  }

  private TaskHandle<?> delayed() {
    setup.worker.handle(name, Sum.class, (input, attempt) -> null).start();
    return client.enqueue(name, null, EnqueueOptions.DEFAULTS.delay(Duration.ofHours(1)));
  }

  @Test
  void enqueuesAndAwaitsAndRuns() {
    sums();
    var handle = client.enqueue(name, new Sum(1, 2)).as(int.class);
    assertTrue(handle.created());
    assertEquals(3, handle.result(Setup.LIMIT));
    assertEquals(3, handle.resultAsync(Duration.ZERO).join());
    assertEquals(7, client.run(name, Map.of("x", 3, "y", 4), Integer.class));
    assertEquals(TaskState.TASK_STATE_SUCCEEDED, handle.get().getState());
  }

  @Test
  void concurrentRunsGoOutInBatches() {
    sums();
    var runs =
        IntStream.range(0, 300)
            .mapToObj(
                n ->
                    client.runAsync(
                        name, new Sum(n, 1), Integer.class, EnqueueOptions.DEFAULTS, Setup.LIMIT))
            .toList();
    for (int n = 0; n < 300; n++) assertEquals(n + 1, runs.get(n).join());
  }

  @Test
  void manyAreEnqueuedAndGatheredInOrder() {
    sums();
    var items =
        IntStream.range(0, 2_500).mapToObj(n -> new EnqueueItem(name, new Sum(n, 0))).toList();
    var handles =
        client.enqueueMany(items).stream().map(result -> result.get().as(Integer.class)).toList();
    assertEquals(2_500, handles.stream().map(TaskHandle::id).distinct().count());
    assertEquals(IntStream.range(0, 2_500).boxed().toList(), client.gather(handles, Setup.LIMIT));
  }

  @Test
  void anItemThatIsWrongFailsAlone() {
    sums();
    var results =
        client.enqueueMany(
            List.of(
                new EnqueueItem(name, new Sum(1, 1)),
                new EnqueueItem("", null),
                new EnqueueItem("a name", null),
                new EnqueueItem(name, "x".repeat(2 << 20)),
                new EnqueueItem(name, Double.NaN),
                new EnqueueItem(name, new Sum(2, 2))));
    assertEquals(
        List.of(
            "", "FIELD_VIOLATION", "FIELD_VIOLATION", "PAYLOAD_TOO_LARGE", "FIELD_VIOLATION", ""),
        results.stream()
            .map(result -> result.error() == null ? "" : result.error().reason())
            .toList());
    assertEquals(4, results.get(5).get().as(int.class).result(Setup.LIMIT));
  }

  @Test
  void anIdIsForOneTask() {
    setup.worker.handle(setup.name("other"), Sum.class, (input, attempt) -> null);
    sums();
    var options = EnqueueOptions.DEFAULTS.taskId(setup.name("id"));
    assertTrue(client.enqueue(name, new Sum(1, 2), options).created());
    var again = client.enqueue(name, new Sum(5, 5), options);
    assertFalse(again.created());
    assertEquals(3, again.as(int.class).result(Setup.LIMIT));
    var error =
        assertThrows(
            QTasksException.class, () -> client.enqueue(setup.name("other"), null, options));
    assertEquals(Status.Code.ALREADY_EXISTS, error.code());
    assertEquals("TASK_ID_EXISTS", error.reason());
  }

  @Test
  void idsAreUuidsOfVersion7() {
    sums();
    String id = client.enqueue(name, new Sum(0, 0)).id();
    assertTrue(
        id.matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"), id);
  }

  @Test
  void aUniqueKeyFindsTheEarlierTask() {
    var first = delayed();
    client.cancel(first.id(), "", null);
    var options = EnqueueOptions.DEFAULTS.uniqueKey("k").delay(Duration.ofHours(1));
    var holder = client.enqueue(name, null, options);
    assertEquals(holder.id(), client.enqueue(name, null, options).id());
  }

  @Test
  void aWaitThatIsOverIsNotTheTasksEnd() {
    var handle = delayed();
    var error =
        assertThrows(TaskTimeoutException.class, () -> handle.result(Duration.ofMillis(50)));
    assertEquals("STILL_RUNNING", error.reason());
    assertEquals(handle.id(), error.taskId());
    assertThrows(TaskTimeoutException.class, () -> handle.result(Duration.ZERO));
    assertEquals(TaskState.TASK_STATE_SCHEDULED, handle.get().getState());
  }

  @Test
  void anInterruptEndsTheWait() throws InterruptedException {
    var handle = delayed();
    var waits = new CountDownLatch(1);
    var errors = new ArrayList<RuntimeException>();
    Thread thread =
        new Thread(
            () -> {
              waits.countDown();
              errors.add(assertThrows(QTasksException.class, handle::result));
            });
    thread.start();
    waits.await();
    thread.interrupt();
    thread.join();
    assertEquals("CALL_CANCELED", ((QTasksException) errors.get(0)).reason());
  }

  @Test
  void aMissingTaskIsNamed() {
    var errors = new ArrayList<QTasksException>();
    errors.add(assertThrows(QTasksException.class, () -> client.get("missing")));
    errors.add(assertThrows(QTasksException.class, () -> client.handle("missing").result()));
    errors.add(
        assertThrows(
            QTasksException.class, () -> client.handle("missing").watch().iterator().hasNext()));
    for (var error : errors) {
      assertEquals("TASK_NOT_FOUND", error.reason());
      assertEquals(Status.Code.NOT_FOUND, error.code());
    }
  }

  @Test
  void waitingTasksAreMovedCanceledRetriedAndDeleted() {
    var handle = delayed();
    client.reschedule(handle.id(), Duration.ofHours(2));
    Task canceled = handle.cancel("enough");
    assertEquals(TaskState.TASK_STATE_CANCELED, canceled.getState());
    var failed = assertThrows(TaskFailedException.class, handle::result);
    assertEquals(TaskState.TASK_STATE_CANCELED, failed.state());
    assertEquals("enough", failed.task().getCancelReason());
    client.retry(handle.id());
    assertEquals(TaskState.TASK_STATE_SUCCEEDED, handle.done(Setup.LIMIT).getState());
    client.delete(handle.id());
    assertEquals("TASK_NOT_FOUND", assertThrows(QTasksException.class, handle::get).reason());
    client.delete(handle.id());
  }

  @Test
  void listsGoOverPages() {
    setup.worker.handle(name, Sum.class, (input, attempt) -> null).start();
    var options = EnqueueOptions.DEFAULTS.delay(Duration.ofHours(1)).labels(Map.of("run", "a"));
    var items = IntStream.range(0, 120).mapToObj(n -> new EnqueueItem(name, n, options)).toList();
    var ids = new HashSet<String>();
    for (var result : client.enqueueMany(items)) ids.add(result.get().id());
    var filter = TaskFilter.newBuilder().addNames(name).putLabels("run", "a").build();
    for (Task task : client.list(filter)) assertTrue(ids.remove(task.getTaskId()));
    assertTrue(ids.isEmpty());
    assertEquals(120, client.count(filter).getCount());
  }

  @Test
  void aWatchShowsEachStateToTheEnd() {
    sums();
    var handle =
        client.enqueue(name, new Sum(1, 1), EnqueueOptions.DEFAULTS.delay(Duration.ofMillis(200)));
    var states = new ArrayList<TaskState>();
    try (var watch = handle.watch()) {
      for (var change : watch) states.add(change.task().getState());
    }
    assertEquals(TaskState.TASK_STATE_SCHEDULED, states.get(0));
    assertEquals(TaskState.TASK_STATE_SUCCEEDED, states.get(states.size() - 1));
  }

  @Test
  void aClosedWatchEndsItsReader() throws InterruptedException {
    var watch = delayed().watch();
    assertEquals(TaskState.TASK_STATE_SCHEDULED, watch.iterator().next().task().getState());
    var closer = new Thread(watch::close);
    closer.start();
    var error = assertThrows(QTasksException.class, () -> watch.iterator().next());
    assertEquals("CALL_CANCELED", error.reason());
    closer.join();
  }

  @Test
  void noServerIsSaidOnceThePatienceIsOver() {
    var options = ClientOptions.DEFAULTS.withPatience(Duration.ZERO);
    try (var lost = QTasksClient.connect(Endpoint.of("127.0.0.1:1"), options)) {
      var error = assertThrows(QTasksException.class, () -> lost.enqueue(name, null));
      assertEquals("SERVER_UNREACHABLE", error.reason());
      assertTrue(error.getMessage().contains("127.0.0.1:1"), error.getMessage());
    }
  }

  @Test
  void closingEndsWhatWaits() {
    var wait = delayed().resultAsync();
    var lost = QTasksClient.connect("127.0.0.1:1");
    var enqueue = lost.enqueueAsync(name, null, EnqueueOptions.DEFAULTS);
    client.close();
    lost.close();
    for (var future : List.of(wait, enqueue)) {
      var error = assertThrows(CompletionException.class, future::join);
      assertEquals("CALL_CANCELED", ((QTasksException) error.getCause()).reason());
    }
  }

  @Test
  void noResultIsNull() {
    setup.worker.handle(name, Object.class, (input, attempt) -> input).start();
    assertNull(client.run(name, null, Object.class));
  }
}
