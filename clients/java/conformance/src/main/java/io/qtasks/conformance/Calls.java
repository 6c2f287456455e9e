package io.qtasks.conformance;

import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.qtasks.client.DurableCalls;
import io.qtasks.client.Endpoint;
import io.qtasks.conformance.v1.ConformanceTasksGrpc;
import io.qtasks.conformance.v1.ConformanceTasksGrpc.ConformanceTasksBlockingStub;
import io.qtasks.conformance.v1.CountRequest;
import io.qtasks.conformance.v1.EchoRequest;
import io.qtasks.conformance.v1.FailRequest;
import io.qtasks.conformance.v1.WaitRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The scenarios by the stock stub: durable calls. */
final class Calls {
  private static final Metadata.Key<String> X_CONFORMANCE =
      Metadata.Key.of("x-conformance", Metadata.ASCII_STRING_MARSHALLER);

  private final AtomicReference<Metadata> headers = new AtomicReference<>();
  private final AtomicReference<Metadata> trailers = new AtomicReference<>();
  private final ConformanceTasksBlockingStub stub;

  private Calls(ManagedChannel channel) {
    stub =
        ConformanceTasksGrpc.newBlockingStub(channel)
            .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, trailers))
            .withDeadlineAfter(Scenarios.LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  static void call(JsonObject facts) {
    with(
        calls -> {
          var metadata = new Metadata();
          metadata.put(X_CONFORMANCE, "yes");
          var stub =
              calls.stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
          var answer = stub.echo(EchoRequest.newBuilder().setText("hällo").build());
          Checks.equal("hällo", answer.getText(), "text");
          Checks.equal("yes", answer.getMetadataMap().get("x-conformance"), "x-conformance");
          String taskId = calls.taskId();
          Checks.equal(taskId, answer.getMetadataMap().get("qtasks-task-id"), "qtasks-task-id");
          Checks.equal("succeeded", calls.trailers.get().get(DurableCalls.TASK_STATE), "state");
          facts.addProperty("task_id", taskId);
          facts.addProperty("state", "succeeded");
        });
  }

  static void stream() {
    with(
        calls -> {
          List<Integer> values = new ArrayList<>();
          calls
              .stub
              .count(CountRequest.newBuilder().setCount(5).build())
              .forEachRemaining(answer -> values.add(answer.getValue()));
          Checks.equal(List.of(0, 1, 2, 3, 4), values, "values");
        });
  }

  static void failure(JsonObject facts) {
    with(
        calls -> {
          var request =
              FailRequest.newBuilder()
                  .setCode(5)
                  .setMessage("no such thing")
                  .setReason("GONE")
                  .build();
          var error = Checks.thrown(StatusRuntimeException.class, () -> calls.stub.fail(request));
          Checks.equal(Status.Code.NOT_FOUND, error.getStatus().getCode(), "code");
          Checks.equal("no such thing", error.getStatus().getDescription(), "message");
          Checks.equal("GONE", reasonOf(error), "reason");
          facts.addProperty("task_id", calls.taskId());
        });
  }

  static void await(JsonObject facts) {
    int delayMs = Integer.parseInt(System.getenv().getOrDefault("CONFORMANCE_DELAY_MS", "1000"));
    with(
        calls -> {
          var answer = calls.stub.wait(WaitRequest.newBuilder().setDelayMs(delayMs).build());
          facts.addProperty("task_id", calls.taskId());
          facts.addProperty("attempt", answer.getAttempt());
          facts.addProperty("pid", answer.getPid());
        });
  }

  private static void with(Consumer<Calls> scenario) {
    var channel =
        DurableCalls.channel(
            Endpoint.of(Main.address()), ConformanceTasksGrpc.getServiceDescriptor());
    try {
      scenario.accept(new Calls(channel));
    } finally {
      channel.shutdownNow();
    }
  }

  private String taskId() {
    String taskId = trailers.get().get(DurableCalls.TASK_ID);
    if (taskId == null && headers.get() != null) taskId = headers.get().get(DurableCalls.TASK_ID);
    Checks.that(taskId != null, "qtasks-task-id is neither in the headers nor in the trailers");
    return taskId;
  }

  private static String reasonOf(StatusRuntimeException error) {
    try {
      return StatusProto.fromThrowable(error).getDetails(0).unpack(ErrorInfo.class).getReason();
    } catch (InvalidProtocolBufferException malformed) {
      throw new AssertionError(malformed);
    }
  }
}
