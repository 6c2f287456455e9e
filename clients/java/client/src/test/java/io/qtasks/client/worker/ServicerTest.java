package io.qtasks.client.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.qtasks.api.v1.FailureKind;
import io.qtasks.api.v1.RetryPolicy;
import io.qtasks.api.v1.TaskState;
import io.qtasks.client.EnqueueOptions;
import io.qtasks.client.Payloads;
import io.qtasks.client.QTasksClient;
import io.qtasks.client.TaskFailedException;
import io.qtasks.client.TaskHandle;
import io.qtasks.client.testing.Setup;
import io.qtasks.client.testing.TestServer;
import io.qtasks.conformance.v1.ConformanceTasksGrpc;
import io.qtasks.conformance.v1.ConformanceTasksGrpc.ConformanceTasksImplBase;
import io.qtasks.conformance.v1.CountRequest;
import io.qtasks.conformance.v1.CountResponse;
import io.qtasks.conformance.v1.EchoRequest;
import io.qtasks.conformance.v1.EchoResponse;
import io.qtasks.conformance.v1.FailRequest;
import io.qtasks.conformance.v1.FailResponse;
import io.qtasks.conformance.v1.MissingRequest;
import io.qtasks.conformance.v1.WaitRequest;
import io.qtasks.conformance.v1.WaitResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Each test has a worker of its own for the one service: they run one after the other on a server
 * of this class.
 */
@Timeout(40)
class ServicerTest {
  private static TestServer server;
  private final Setup setup = new Setup(server);
  private final QTasksClient client = setup.client;

  @BeforeAll
  static void startServer() {
    server = TestServer.memory();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @AfterEach
  void close() {
    setup.close();
  }

  private <Q extends Message, R extends Message> TaskHandle<R> enqueue(
      ConformanceTasksImplBase service, MethodDescriptor<Q, R> method, Q request) {
    setup.worker.addService(service).start();
    var once = RetryPolicy.newBuilder().setMaxAttempts(1).build();
    return client.enqueue(method, request, EnqueueOptions.DEFAULTS.retryPolicy(once));
  }

  private static TaskFailedException failure(TaskHandle<?> handle) {
    return assertThrows(TaskFailedException.class, () -> handle.result(Setup.LIMIT));
  }

  /** Echoes what {@code text} makes of the request; a null is no answer. */
  private abstract static class Echo extends ConformanceTasksImplBase {
    abstract String text(EchoRequest request) throws Exception;

    @Override
    public void echo(EchoRequest request, StreamObserver<EchoResponse> answers) {
      try {
        String text = text(request);
        if (text != null) answers.onNext(EchoResponse.newBuilder().setText(text).build());
        answers.onCompleted();
      } catch (RuntimeException error) {
        throw error;
      } catch (Exception error) {
        throw new IllegalStateException(error);
      }
    }
  }

  private TaskHandle<EchoResponse> echo(Echo service) {
    return enqueue(
        service,
        ConformanceTasksGrpc.getEchoMethod(),
        EchoRequest.newBuilder().setText("hällo").build());
  }

  @Test
  void aTypedTaskAndOneOfJson() {
    var handle =
        echo(
            new Echo() {
              @Override
              String text(EchoRequest request) {
                return request.getText() + AttemptContext.current().orElseThrow().attempt();
              }
            });
    assertEquals("hällo1", handle.result(Setup.LIMIT).getText());
    String name = ConformanceTasksGrpc.getEchoMethod().getFullMethodName();
    assertEquals("b1", client.run(name, Map.of("text", "b"), EchoResponse.class).getText());
    var unreadable =
        client.enqueue(
            name, Payloads.message(ByteString.copyFromUtf8("\n"), "conformance.v1.EchoRequest"));
    assertEquals(FailureKind.FAILURE_KIND_REJECTED, failure(unreadable).failure().getKind());
  }

  @Test
  void theDeadlineIsTheAttempts() {
    setup
        .worker
        .addService(
            new Echo() {
              @Override
              String text(EchoRequest request) {
                var deadline = Context.current().getDeadline();
                return deadline == null ? "none" : "some";
              }
            })
        .start();
    var method = ConformanceTasksGrpc.getEchoMethod();
    var request = EchoRequest.getDefaultInstance();
    assertEquals(
        "none", client.run(method, request, EnqueueOptions.DEFAULTS, Setup.LIMIT).getText());
    var limited = EnqueueOptions.DEFAULTS.attemptTimeout(Duration.ofMinutes(1));
    assertEquals("some", client.enqueue(method, request, limited).result(Setup.LIMIT).getText());
  }

  @Test
  void anExceptionIsUnknown() {
    var error =
        failure(
            echo(
                new Echo() {
                  @Override
                  String text(EchoRequest request) {
                    throw new IllegalStateException("no luck");
                  }
                }));
    assertEquals(Code.UNKNOWN, error.code());
    assertEquals("grpc.UNKNOWN", error.type());
    assertEquals("no luck", error.failure().getMessage());
    assertTrue(
        client.get(error.taskId()).getFailure().getStackTrace().contains("IllegalStateException"));
  }

  @Test
  void aStatusThrownIsThatStatus() {
    var error =
        failure(
            echo(
                new Echo() {
                  @Override
                  String text(EchoRequest request) {
                    throw io.grpc.Status.NOT_FOUND
                        .withDescription("no such thing")
                        .asRuntimeException();
                  }
                }));
    assertEquals(Code.NOT_FOUND, error.code());
    assertEquals("grpc.NOT_FOUND", error.type());
    assertEquals("no such thing", error.failure().getMessage());
  }

  @Test
  void noAnswerIsInternal() {
    var error =
        failure(
            echo(
                new Echo() {
                  @Override
                  String text(EchoRequest request) {
                    return null;
                  }
                }));
    assertEquals(Code.INTERNAL, error.code());
  }

  @Test
  void detailsAreKept() {
    var service =
        new ConformanceTasksImplBase() {
          @Override
          public void fail(FailRequest request, StreamObserver<FailResponse> answers) {
            var info = Any.pack(ErrorInfo.newBuilder().setReason("GONE").build());
            var status =
                Status.newBuilder().setCode(request.getCode()).setMessage("gone").addDetails(info);
            answers.onError(StatusProto.toStatusRuntimeException(status.build()));
          }
        };
    var error =
        failure(
            enqueue(
                service,
                ConformanceTasksGrpc.getFailMethod(),
                FailRequest.newBuilder().setCode(5).build()));
    assertEquals("google.rpc.Status", error.failure().getDetails().getSchema());
    assertEquals(1, error.details(Status.class).getDetailsCount());
    assertEquals("conformance", error.task().getSpec().getOptions().getLabelsMap().get("suite"));
  }

  @Test
  void aStreamIsOutputsAndHeedsThePressure() {
    var service =
        new ConformanceTasksImplBase() {
          @Override
          public void count(CountRequest request, StreamObserver<CountResponse> answers) {
            var call = (ServerCallStreamObserver<CountResponse>) answers;
            int[] next = {0};
            call.setOnReadyHandler(
                () -> {
                  while (call.isReady() && next[0] < request.getCount())
                    call.onNext(CountResponse.newBuilder().setValue(next[0]++).build());
                  if (next[0] == request.getCount()) {
                    next[0]++;
                    call.onCompleted();
                  }
                });
          }
        };
    var handle =
        enqueue(
            service,
            ConformanceTasksGrpc.getCountMethod(),
            CountRequest.newBuilder().setCount(3_000).build());
    try (var outputs = handle.outputs()) {
      assertEquals(
          IntStream.range(0, 3_000).boxed().toList(),
          outputs.map(CountResponse::getValue).toList());
    }
    assertFalse(handle.get().hasResult());
  }

  @Test
  void aMethodThatIsLeftOutIsUnimplemented() {
    var handle =
        enqueue(
            new ConformanceTasksImplBase() {},
            ConformanceTasksGrpc.getMissingMethod(),
            MissingRequest.getDefaultInstance());
    var error = failure(handle);
    assertEquals(TaskState.TASK_STATE_FAILED, error.state());
  }

  @Test
  void aCancelReachesTheContextOfAMethodThatBlocks() throws InterruptedException {
    var begun = new CountDownLatch(1);
    var service =
        new ConformanceTasksImplBase() {
          @Override
          public void wait(WaitRequest request, StreamObserver<WaitResponse> answers) {
            var canceled = new CompletableFuture<Void>();
            Context.current().addListener(context -> canceled.complete(null), Runnable::run);
            begun.countDown();
            canceled.join();
            answers.onError(io.grpc.Status.CANCELLED.asRuntimeException());
          }
        };
    assertCanceled(
        enqueue(service, ConformanceTasksGrpc.getWaitMethod(), WaitRequest.getDefaultInstance()),
        begun);
  }

  @Test
  void aCancelReachesTheHandlerOfAMethodThatAnswersLater() throws InterruptedException {
    var begun = new CountDownLatch(1);
    var told = new CountDownLatch(1);
    var service =
        new ConformanceTasksImplBase() {
          @Override
          public void wait(WaitRequest request, StreamObserver<WaitResponse> answers) {
            ((ServerCallStreamObserver<WaitResponse>) answers).setOnCancelHandler(told::countDown);
            begun.countDown();
          }
        };
    assertCanceled(
        enqueue(service, ConformanceTasksGrpc.getWaitMethod(), WaitRequest.getDefaultInstance()),
        begun);
    told.await();
  }

  private static void assertCanceled(TaskHandle<?> handle, CountDownLatch begun)
      throws InterruptedException {
    begun.await();
    handle.cancel("enough");
    assertEquals(TaskState.TASK_STATE_CANCELED, failure(handle).state());
  }

  @Test
  void anAnswerFromAnotherThreadCounts() {
    var service =
        new ConformanceTasksImplBase() {
          @Override
          public void wait(WaitRequest request, StreamObserver<WaitResponse> answers) {
            new Thread(
                    () -> {
                      answers.onNext(WaitResponse.newBuilder().setAttempt(9).build());
                      answers.onCompleted();
                    })
                .start();
          }
        };
    var handle =
        enqueue(service, ConformanceTasksGrpc.getWaitMethod(), WaitRequest.getDefaultInstance());
    assertEquals(9, handle.result(Setup.LIMIT).getAttempt());
  }

  @Test
  void schemasAreTheSameBytesWithTheImportsFirst() {
    var registry = new Registry();
    ServiceRegistrations.add(new ConformanceTasksImplBase() {}.bindService(), registry);
    var again = new Registry();
    ServiceRegistrations.add(new ConformanceTasksImplBase() {}.bindService(), again);
    assertEquals(registry.schema(), again.schema());
    assertEquals(32, registry.schema().digest().size());
    var names =
        registry.definitions().stream()
            .map(definition -> definition.getName().split("/")[1])
            .toList();
    assertEquals(List.of("Count", "Echo", "Fail", "Missing", "Wait"), names);
    assertEquals(2, registry.definitions().get(2).getOptions().getRetryPolicy().getMaxAttempts());
  }
}
