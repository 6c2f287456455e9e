package io.qtasks.conformance;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.qtasks.conformance.v1.ConformanceTasksGrpc;
import io.qtasks.conformance.v1.CountRequest;
import io.qtasks.conformance.v1.CountResponse;
import io.qtasks.conformance.v1.EchoRequest;
import io.qtasks.conformance.v1.EchoResponse;
import io.qtasks.conformance.v1.FailRequest;
import io.qtasks.conformance.v1.FailResponse;
import io.qtasks.conformance.v1.WaitRequest;
import io.qtasks.conformance.v1.WaitResponse;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The servicer of ConformanceTasks, as for any gRPC server. Missing and Upload are left to the
 * generated base.
 */
final class Servicer implements BindableService {
  private static final Context.Key<Metadata> METADATA = Context.key("metadata");

  @Override
  public ServerServiceDefinition bindService() {
    return ServerInterceptors.intercept(new Methods(), new MetadataInterceptor());
  }

  /** Methods of generated code see metadata only by an interceptor. */
  private static final class MetadataInterceptor implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      return Contexts.interceptCall(
          Context.current().withValue(METADATA, headers), call, headers, next);
    }
  }

  private static final class Methods extends ConformanceTasksGrpc.ConformanceTasksImplBase {
    private final ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "conformance-wait");
              thread.setDaemon(true);
              return thread;
            });

    @Override
    public void echo(EchoRequest request, StreamObserver<EchoResponse> answers) {
      var answer = EchoResponse.newBuilder().setText(request.getText());
      Metadata metadata = METADATA.get();
      for (String name : metadata.keys())
        if (isShown(name)) answer.putMetadata(name, valueOf(metadata, name));
      answer.setHasDeadline(Context.current().getDeadline() != null);
      answers.onNext(answer.build());
      answers.onCompleted();
    }

    @Override
    public void count(CountRequest request, StreamObserver<CountResponse> answers) {
      for (int value = 0; value < request.getCount(); value++) {
        if (value > 0) pause(request.getDelayMs());
        answers.onNext(CountResponse.newBuilder().setValue(value).build());
      }
      answers.onCompleted();
    }

    @Override
    public void fail(FailRequest request, StreamObserver<FailResponse> answers) {
      var status = Status.newBuilder().setCode(request.getCode()).setMessage(request.getMessage());
      if (!request.getReason().isEmpty()) {
        var info = ErrorInfo.newBuilder().setReason(request.getReason()).setDomain("conformance");
        status.addDetails(Any.pack(info.build()));
      }
      answers.onError(StatusProto.toStatusRuntimeException(status.build()));
    }

    /** Answers from another thread, later; a cancel ends the wait. */
    @Override
    public void wait(WaitRequest request, StreamObserver<WaitResponse> answers) {
      var call = (ServerCallStreamObserver<WaitResponse>) answers;
      int attempt = Integer.parseInt(valueOf(METADATA.get(), "qtasks-attempt"));
      Future<?> answer =
          timer.schedule(() -> answer(attempt, call), request.getDelayMs(), TimeUnit.MILLISECONDS);
      call.setOnCancelHandler(() -> answer.cancel(false));
    }

    private static void answer(int attempt, StreamObserver<WaitResponse> answers) {
      int pid = (int) ProcessHandle.current().pid();
      answers.onNext(WaitResponse.newBuilder().setAttempt(attempt).setPid(pid).build());
      answers.onCompleted();
    }

    private static boolean isShown(String name) {
      return name.startsWith("x-conformance") || name.startsWith("qtasks-");
    }

    private static String valueOf(Metadata metadata, String name) {
      return metadata.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }

    private static void pause(int millis) {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException interrupt) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
