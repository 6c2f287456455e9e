package io.qtasks.client.internal;

import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import io.qtasks.api.v1.AdminServiceProto;
import io.qtasks.api.v1.SystemServiceProto;
import io.qtasks.api.v1.TaskServiceProto;
import io.qtasks.api.v1.WorkerServiceProto;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which calls gRPC repeats by itself when the server was not reached: those that may be repeated.
 */
public final class ServiceConfigs {
  /** Clients send a task id with each of them, which makes a repeat harmless. */
  private static final Set<String> SAFE_BY_TASK_ID =
      Set.of("EnqueueTask", "BatchEnqueueTasks", "RunTask");

  private ServiceConfigs() {}

  /**
   * Repeats idempotent unary calls, and enqueues, on UNAVAILABLE: four attempts within about a
   * second. Streams are left out, since a call that may be repeated keeps all its messages.
   */
  public static Map<String, ?> forContracts() {
    Stream<FileDescriptor> files =
        Stream.of(
            TaskServiceProto.getDescriptor(),
            WorkerServiceProto.getDescriptor(),
            AdminServiceProto.getDescriptor(),
            SystemServiceProto.getDescriptor());
    List<Map<String, ?>> names =
        files
            .flatMap(file -> file.getServices().stream())
            .flatMap(service -> service.getMethods().stream())
            .filter(ServiceConfigs::isRepeatable)
            .<Map<String, ?>>map(ServiceConfigs::nameOf)
            .toList();
    return config(names, retryPolicy(4.0, "0.1s", "1s"));
  }

  /**
   * Repeats every method of these services on UNAVAILABLE: five attempts, the most that gRPC
   * allows.
   */
  public static Map<String, ?> forServices(List<String> services) {
    List<Map<String, ?>> names =
        services.stream().<Map<String, ?>>map(name -> Map.of("service", name)).toList();
    return config(names, retryPolicy(5.0, "0.2s", "5s"));
  }

  private static Map<String, ?> config(List<Map<String, ?>> names, Map<String, ?> policy) {
    return Map.of("methodConfig", List.of(Map.of("name", names, "retryPolicy", policy)));
  }

  private static Map<String, ?> retryPolicy(
      double maxAttempts, String initialBackoff, String maxBackoff) {
    return Map.of(
        "maxAttempts", maxAttempts,
        "initialBackoff", initialBackoff,
        "maxBackoff", maxBackoff,
        "backoffMultiplier", 2.0,
        "retryableStatusCodes", List.of("UNAVAILABLE"));
  }

  private static boolean isRepeatable(MethodDescriptor method) {
    if (method.isClientStreaming() || method.isServerStreaming()) return false;
    return SAFE_BY_TASK_ID.contains(method.getName())
        || method.getOptions().getIdempotencyLevel() != IdempotencyLevel.IDEMPOTENCY_UNKNOWN;
  }

  private static Map<String, ?> nameOf(MethodDescriptor method) {
    return Map.of("service", method.getService().getFullName(), "method", method.getName());
  }
}
