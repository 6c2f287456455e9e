package io.qtasks.client.internal;

import io.qtasks.api.v1.BatchEnqueueResult;
import io.qtasks.api.v1.BatchEnqueueTasksRequest;
import io.qtasks.api.v1.BatchEnqueueTasksResponse;
import io.qtasks.api.v1.EnqueueTaskRequest;
import io.qtasks.api.v1.TaskServiceGrpc;
import io.qtasks.client.internal.Coalescer.Limits;
import io.qtasks.client.internal.Coalescer.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Gathers concurrent enqueues into batches; each caller gets its own verdict. */
public final class Enqueuer {
  /** Two under way: one is encoded while the server works on the other. */
  private static final Limits LIMITS = new Limits(1_000, 2 << 20, 2);

  private final Calls calls;
  private final Patience patience;
  private final Duration timeout;
  private final Coalescer<EnqueueTaskRequest, Enqueued> batches;

  public Enqueuer(Calls calls, Patience patience, Duration timeout) {
    this.calls = calls;
    this.patience = patience;
    this.timeout = timeout;
    this.batches = new Coalescer<>(LIMITS, EnqueueTaskRequest::getSerializedSize, this::send);
  }

  /** The request has a task id, so that it may be repeated. */
  public CompletableFuture<Enqueued> add(EnqueueTaskRequest request) {
    return batches.add(request);
  }

  /** A result for each request, in order. */
  public List<CompletableFuture<Enqueued>> addAll(List<EnqueueTaskRequest> requests) {
    return batches.addAll(requests);
  }

  private CompletableFuture<List<Verdict<Enqueued>>> send(List<EnqueueTaskRequest> requests) {
    var batch = BatchEnqueueTasksRequest.newBuilder().addAllRequests(requests).build();
    return patience
        .repeat(() -> calls.unary(TaskServiceGrpc.getBatchEnqueueTasksMethod(), batch, timeout))
        .thenApply(Enqueuer::verdicts);
  }

  private static List<Verdict<Enqueued>> verdicts(BatchEnqueueTasksResponse answer) {
    return answer.getResultsList().stream().map(Enqueuer::verdict).toList();
  }

  private static Verdict<Enqueued> verdict(BatchEnqueueResult result) {
    String taskId = result.getTaskId();
    if (!result.hasError()) return new Verdict<>(new Enqueued(taskId, result.getCreated()), null);
    return new Verdict<>(
        null,
        CallErrors.of(result.getError(), taskId.isEmpty() ? Map.of() : Map.of("task_id", taskId)));
  }
}
