package io.qtasks.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.qtasks.client.internal.Channels;
import io.qtasks.client.internal.ServiceConfigs;
import io.qtasks.client.internal.TaskIds;
import java.util.Arrays;
import java.util.Map;

/**
 * Durable calls: a stock generated stub, called on the server's address, makes a task of its
 * method's name and waits for it. With a task id in the call's metadata the call survives both the
 * worker and the connection: a repeat finds the task.
 *
 * <p>The keys are metadata of the request; {@link #TASK_ID} and {@link #TASK_STATE} are in the
 * answer's trailers, the id in its headers too. Set and read them with gRPC's {@code
 * MetadataUtils}.
 */
public final class DurableCalls {
  /** The task's id; set by {@link #interceptor} where it is missing. */
  public static final Metadata.Key<String> TASK_ID = key("qtasks-task-id");

  /** The queue that the task waits in. */
  public static final Metadata.Key<String> QUEUE = key("qtasks-queue");

  /** -1000 to 1000; higher runs first. */
  public static final Metadata.Key<String> PRIORITY = key("qtasks-priority");

  /** When the task is due, from now on: {@code 1.5s}. */
  public static final Metadata.Key<String> DELAY = key("qtasks-delay");

  /** Finds the earlier task of this method and key instead of making another. */
  public static final Metadata.Key<String> UNIQUE_KEY = key("qtasks-unique-key");

  /** How long the ended task is kept: {@code 3600s}. */
  public static final Metadata.Key<String> RETENTION = key("qtasks-retention");

  /**
   * Trailer: {@code succeeded}, {@code failed}, {@code canceled} or {@code expired}; missing where
   * no task has ended.
   */
  public static final Metadata.Key<String> TASK_STATE = key("qtasks-task-state");

  private DurableCalls() {}

  /**
   * A channel for stubs of these services, with {@link #interceptor} and {@link #serviceConfig}.
   *
   * @param endpoint where the task service is
   * @param services as the generated code has them: {@code MailTasksGrpc.getServiceDescriptor()}
   * @return to be shut down by the caller
   */
  public static ManagedChannel channel(Endpoint endpoint, ServiceDescriptor... services) {
    return Channels.open(endpoint, serviceConfig(services), interceptor());
  }

  /**
   * A service config that repeats every method of these services on UNAVAILABLE: five attempts with
   * a backoff from 0.2 s to 5 s. For {@code ManagedChannelBuilder.defaultServiceConfig}, together
   * with {@link #interceptor}: without a task id a repeat could make a second task.
   *
   * @param services as the generated code has them
   * @return the config in gRPC's form
   */
  public static Map<String, ?> serviceConfig(ServiceDescriptor... services) {
    return ServiceConfigs.forServices(
        Arrays.stream(services).map(ServiceDescriptor::getName).toList());
  }

  /**
   * Gives each call a task id where it has none (a new UUIDv7, the same for all of gRPC's repeats
   * of the call), and makes it wait for the connection instead of failing while the server is away.
   * The call's deadline limits that wait: set one.
   *
   * @return for any channel or stub
   */
  public static ClientInterceptor interceptor() {
    return new TaskIdInterceptor();
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static final class TaskIdInterceptor implements ClientInterceptor {
    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options.withWaitForReady())) {
        @Override
        public void start(Listener<R> listener, Metadata headers) {
          if (!headers.containsKey(TASK_ID)) headers.put(TASK_ID, TaskIds.next());
          super.start(listener, headers);
        }
      };
    }
  }
}
