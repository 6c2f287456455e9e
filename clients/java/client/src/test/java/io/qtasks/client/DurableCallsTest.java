package io.qtasks.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.qtasks.api.v1.TaskFilter;
import io.qtasks.api.v1.TaskState;
import io.qtasks.client.testing.Setup;
import io.qtasks.client.testing.TestServer;
import io.qtasks.conformance.v1.ConformanceTasksGrpc;
import io.qtasks.conformance.v1.ConformanceTasksGrpc.ConformanceTasksBlockingStub;
import io.qtasks.conformance.v1.ConformanceTasksGrpc.ConformanceTasksImplBase;
import io.qtasks.conformance.v1.EchoRequest;
import io.qtasks.conformance.v1.EchoResponse;
import io.qtasks.conformance.v1.WaitRequest;
import io.qtasks.conformance.v1.WaitResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DurableCallsTest {
  private final TestServer server = TestServer.durable();
  private final Setup setup = new Setup(server);
  private final ManagedChannel channel =
      DurableCalls.channel(
          Endpoint.of(server.address()), ConformanceTasksGrpc.getServiceDescriptor());
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final AtomicInteger runs = new AtomicInteger();

  @AfterEach
  void close() {
    channel.shutdownNow();
    setup.close();
    server.close();
  }

  private ConformanceTasksBlockingStub stub(Metadata metadata) {
    setup
        .worker
        .addService(
            new ConformanceTasksImplBase() {
              @Override
              public void echo(EchoRequest request, StreamObserver<EchoResponse> answers) {
                runs.incrementAndGet();
                answers.onError(Status.UNAVAILABLE.withDescription("not now").asRuntimeException());
              }

              @Override
              public void wait(WaitRequest request, StreamObserver<WaitResponse> answers) {
                runs.incrementAndGet();
                new Thread(
                        () -> {
                          begun.countDown();
                          try {
                            goOn.await();
                          } catch (InterruptedException interrupt) {
                            answers.onError(interrupt);
                            return;
                          }
                          answers.onNext(WaitResponse.newBuilder().setPid(7).build());
                          answers.onCompleted();
                        })
                    .start();
              }
            })
        .start();
    return ConformanceTasksGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
        .withDeadlineAfter(40, TimeUnit.SECONDS);
  }

  @Test
  void aCallSurvivesTheServer() throws Exception {
    var metadata = new Metadata();
    metadata.put(DurableCalls.PRIORITY, "5");
    var trailers = new AtomicReference<Metadata>();
    var stub =
        stub(metadata)
            .withInterceptors(
                MetadataUtils.newCaptureMetadataInterceptor(new AtomicReference<>(), trailers));
    var call = CompletableFuture.supplyAsync(() -> stub.wait(WaitRequest.getDefaultInstance()));
    begun.await();
    server.kill();
    server.start();
    goOn.countDown();
    assertEquals(7, call.get().getPid());
    assertEquals("succeeded", trailers.get().get(DurableCalls.TASK_STATE));
    var tasks = new ArrayList<String>();
    setup.client.list(TaskFilter.getDefaultInstance()).forEach(task -> tasks.add(task.getTaskId()));
    assertEquals(List.of(trailers.get().get(DurableCalls.TASK_ID)), tasks);
    assertEquals(1, runs.get());
  }

  @Test
  void aHandlerThatFailsUnavailableMakesOneTask() {
    var error =
        assertThrows(
            StatusRuntimeException.class,
            () -> stub(new Metadata()).echo(EchoRequest.getDefaultInstance()));
    assertEquals(Status.Code.UNAVAILABLE, error.getStatus().getCode());
    var states = new ArrayList<TaskState>();
    setup.client.list(TaskFilter.getDefaultInstance()).forEach(task -> states.add(task.getState()));
    assertEquals(List.of(TaskState.TASK_STATE_FAILED), states);
    assertEquals(3, runs.get());
  }
}
