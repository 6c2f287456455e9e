package io.qtasks.client.internal;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.qtasks.client.Endpoint;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Opens the connections of clients, workers and durable calls. */
public final class Channels {
  /** The server caps its answers by a limit of its own, which may be set above gRPC's 4 MiB. */
  private static final int MAX_INBOUND_BYTES = 64 << 20;

  /** A batch that gRPC itself repeats is kept until it is answered: the size of a message. */
  private static final long RETRY_BUFFER_BYTES = 4L << 20;

  /**
   * Above the grace that servers give to draining connections: a ping then would kill their calls.
   */
  private static final long KEEPALIVE_S = 60;

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private Channels() {}

  /** A channel that connects on its first call, and again when the connection is lost. */
  public static ManagedChannel open(
      Endpoint endpoint, Map<String, ?> serviceConfig, ClientInterceptor... interceptors) {
    ManagedChannelBuilder<?> builder =
        Grpc.newChannelBuilder(endpoint.address(), endpoint.credentials())
            .userAgent("qtasks-java")
            .maxInboundMessageSize(MAX_INBOUND_BYTES)
            .perRpcBufferLimit(RETRY_BUFFER_BYTES)
            .keepAliveTime(KEEPALIVE_S, TimeUnit.SECONDS)
            .disableServiceConfigLookUp()
            .defaultServiceConfig(serviceConfig)
            .enableRetry()
            .intercept(interceptors);
    endpoint.serverName().ifPresent(builder::overrideAuthority);
    endpoint.token().ifPresent(token -> builder.intercept(bearer(token)));
    return builder.build();
  }

  private static ClientInterceptor bearer(String token) {
    String value = "Bearer " + token;
    return new ClientInterceptor() {
      @Override
      public <Q, R> ClientCall<Q, R> interceptCall(
          MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
          @Override
          public void start(Listener<R> listener, Metadata headers) {
            headers.put(AUTHORIZATION, value);
            super.start(listener, headers);
          }
        };
      }
    };
  }
}
