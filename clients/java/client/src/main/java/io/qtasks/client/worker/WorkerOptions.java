package io.qtasks.client.worker;

import io.qtasks.client.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;

/** What a worker is made with. Immutable; made by {@link Worker#builder}. */
final class WorkerOptions {
  static final int MAX_SLOTS = 10_000;

  final Endpoint endpoint;
  final int slots;
  final Duration grace;
  final List<String> queues;
  final Map<String, String> labels;
  final String workerId;
  final String buildId;

  /** Null: a pool of the worker's own. */
  final Executor executor;

  WorkerOptions(Worker.Builder builder) {
    endpoint = Objects.requireNonNull(builder.endpoint, "endpoint");
    slots = builder.slots;
    grace = builder.grace;
    queues = List.copyOf(builder.queues);
    labels = Map.copyOf(builder.labels);
    workerId = builder.workerId;
    buildId = builder.buildId;
    executor = builder.executor;
    if (slots < 1 || slots > MAX_SLOTS)
      throw new IllegalArgumentException("slots must be from 1 to " + MAX_SLOTS + "; got " + slots);
    if (grace.isNegative())
      throw new IllegalArgumentException("grace must be 0 or more; got " + grace);
  }
}
