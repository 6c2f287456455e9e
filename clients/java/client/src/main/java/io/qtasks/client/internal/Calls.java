package io.qtasks.client.internal;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.qtasks.client.Endpoint;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Makes calls over one connection; what goes wrong is a QTasksException. */
public final class Calls implements AutoCloseable {
  private final Endpoint endpoint;
  private final ManagedChannel channel;

  public Calls(Endpoint endpoint) {
    this.endpoint = endpoint;
    this.channel = Channels.open(endpoint, ServiceConfigs.forContracts());
  }

  /** The answer of a unary call; the call is canceled with the future. */
  public <Q, R> CompletableFuture<R> unary(
      MethodDescriptor<Q, R> method, Q request, Duration timeout) {
    ClientCall<Q, R> call = start(method, timeout);
    var answer = new CompletableFuture<R>();
    ClientCalls.asyncUnaryCall(call, request, observer(answer));
    answer.whenComplete(
        (value, error) -> {
          if (answer.isCancelled()) call.cancel("canceled by its caller", null);
        });
    return answer;
  }

  /** As {@link #unary}, waited for; an interrupt cancels the call. */
  public <Q, R> R call(MethodDescriptor<Q, R> method, Q request, Duration timeout) {
    return Futures.join(unary(method, request, timeout));
  }

  /** A call that the caller starts. {@code timeout} null: without a deadline. */
  public <Q, R> ClientCall<Q, R> start(MethodDescriptor<Q, R> method, Duration timeout) {
    CallOptions options = CallOptions.DEFAULT;
    if (timeout != null)
      options = options.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    return channel.newCall(method, options);
  }

  /** A failed call's error. */
  public RuntimeException error(Throwable thrown) {
    return CallErrors.of(thrown, endpoint.address());
  }

  /** Connects at once where gRPC would wait; its own waits grow to minutes. */
  public void reconnect() {
    channel.resetConnectBackoff();
  }

  /** New calls go over a new connection; those under way end on the one they have. */
  public void renew() {
    channel.enterIdle();
  }

  /** Ends the connection; calls under way fail. */
  @Override
  public void close() {
    channel.shutdownNow();
  }

  private <R> StreamObserver<R> observer(CompletableFuture<R> answer) {
    return new StreamObserver<>() {
      private R value;

      @Override
      public void onNext(R message) {
        value = message;
      }

      @Override
      public void onError(Throwable thrown) {
        answer.completeExceptionally(error(thrown));
      }

      @Override
      public void onCompleted() {
        answer.complete(value);
      }
    };
  }
}
