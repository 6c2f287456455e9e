package io.qtasks.conformance;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.rpc.Code;
import io.qtasks.api.v1.TaskState;
import io.qtasks.client.EnqueueItem;
import io.qtasks.client.EnqueueOptions;
import io.qtasks.client.EnqueueResult;
import io.qtasks.client.QTasksClient;
import io.qtasks.client.TaskFailedException;
import io.qtasks.client.TaskHandle;
import io.qtasks.client.WatchOptions;
import io.qtasks.conformance.v1.ConformanceTasksGrpc;
import io.qtasks.conformance.v1.EchoRequest;
import io.qtasks.conformance.v1.EchoResponse;
import io.qtasks.conformance.v1.WaitRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The scenarios on the task service; those by stock stubs are in {@link Calls}. Each checks what it
 * gets.
 */
final class Scenarios {
  static final Duration LIMIT = Duration.ofSeconds(60);

  private Scenarios() {}

  static JsonObject play(String name) {
    var facts = new JsonObject();
    facts.addProperty("scenario", name);
    try (var client = QTasksClient.connect(Main.address())) {
      switch (name) {
        case "json" -> json(client, facts);
        case "typed" -> typed(client, facts);
        case "call" -> Calls.call(facts);
        case "stream" -> stream(client, facts);
        case "failure" -> failure(client, facts);
        case "cancel" -> cancel(client, facts);
        case "gather" -> gather(client, facts);
        case "wait" -> Calls.await(facts);
        default -> throw new IllegalArgumentException("no scenario is called " + name);
      }
    }
    return facts;
  }

  private static void json(QTasksClient client, JsonObject facts) {
    var input = JsonParser.parseString("{\"text\": \"hällo\", \"n\": 1.5, \"none\": null}");
    var echo = client.enqueue("conformance.echo", input);
    Checks.equal(input, echo.result(LIMIT), "echo");
    Checks.equal(3.0, client.run("conformance.sum", Map.of("x", 1, "y", 2), Double.class), "sum");
    facts.addProperty("task_id", echo.id());
  }

  private static void typed(QTasksClient client, JsonObject facts) {
    var request = EchoRequest.newBuilder().setText("hällo").build();
    var echo =
        client.enqueue(ConformanceTasksGrpc.getEchoMethod(), request, EnqueueOptions.DEFAULTS);
    var answer = client.handle(echo.id()).as(EchoResponse.class).result(LIMIT);
    Checks.equal("hällo", answer.getText(), "text");
    Checks.equal(echo.id(), answer.getMetadataMap().get("qtasks-task-id"), "qtasks-task-id");
    Checks.equal("1", answer.getMetadataMap().get("qtasks-attempt"), "qtasks-attempt");
    Checks.that(
        answer.getMetadataMap().containsKey("qtasks-fencing-token"),
        "qtasks-fencing-token is missing");
    facts.addProperty("task_id", echo.id());
  }

  private static void stream(QTasksClient client, JsonObject facts) {
    Calls.stream();
    var count =
        client.enqueue("conformance.count", Map.of("count", 5, "delay_ms", 0)).as(Integer.class);
    try (var outputs = count.outputs()) {
      Checks.equal(List.of(0, 1, 2, 3, 4), outputs.toList(), "outputs");
    }
    facts.addProperty("task_id", count.id());
  }

  private static void failure(QTasksClient client, JsonObject facts) {
    Calls.failure(facts);
    var input =
        JsonParser.parseString(
            "{\"code\": 5, \"type\": \"conformance.Gone\", \"message\": \"no such thing\","
                + " \"details\": {\"id\": 7}}");
    var task = client.enqueue("conformance.fail", input);
    var error = Checks.thrown(TaskFailedException.class, () -> task.result(LIMIT));
    Checks.equal(Code.NOT_FOUND, error.code(), "code");
    Checks.equal("conformance.Gone", error.type(), "type");
    Checks.equal("no such thing", error.failure().getMessage(), "message");
    Checks.equal(7, error.details(JsonObject.class).get("id").getAsInt(), "details");
    facts.addProperty("json_task_id", task.id());
  }

  private static void cancel(QTasksClient client, JsonObject facts) {
    var task = client.enqueue("conformance.wait", Map.of("delay_ms", 60_000));
    cancelOnceRunning(task);
    var request = WaitRequest.newBuilder().setDelayMs(60_000).build();
    var typed =
        client.enqueue(ConformanceTasksGrpc.getWaitMethod(), request, EnqueueOptions.DEFAULTS);
    cancelOnceRunning(typed);
    facts.addProperty("task_id", task.id());
    facts.addProperty("typed_task_id", typed.id());
  }

  private static void cancelOnceRunning(TaskHandle<?> task) {
    try (var watch = task.watch(WatchOptions.TASK)) {
      for (var change : watch) if (change.task().getState() == TaskState.TASK_STATE_RUNNING) break;
    }
    task.cancel("enough");
    var error = Checks.thrown(TaskFailedException.class, () -> task.result(LIMIT));
    Checks.equal(TaskState.TASK_STATE_CANCELED, error.state(), "state");
    Checks.equal("enough", error.task().getCancelReason(), "reason");
  }

  private static void gather(QTasksClient client, JsonObject facts) {
    var items =
        IntStream.range(0, 1_000).mapToObj(n -> new EnqueueItem("conformance.echo", n)).toList();
    var handles = new ArrayList<TaskHandle<Integer>>();
    for (EnqueueResult result : client.enqueueMany(items))
      handles.add(result.get().as(Integer.class));
    List<Integer> results = client.gather(handles, LIMIT);
    Checks.equal(IntStream.range(0, 1_000).boxed().toList(), results, "results");
    facts.addProperty("count", results.size());
  }
}
