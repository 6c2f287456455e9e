package io.qtasks.client.worker;

import com.google.protobuf.ByteString;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.qtasks.api.v1.ApplyTaskDefinitionsRequest;
import io.qtasks.api.v1.AttemptEvents;
import io.qtasks.api.v1.Directive;
import io.qtasks.api.v1.EnqueueTaskRequest;
import io.qtasks.api.v1.HeartbeatRequest;
import io.qtasks.api.v1.HeartbeatResponse;
import io.qtasks.api.v1.LeaseRenewal;
import io.qtasks.api.v1.LeaseStatus;
import io.qtasks.api.v1.Outcome;
import io.qtasks.api.v1.OutcomeResult;
import io.qtasks.api.v1.PollTasksRequest;
import io.qtasks.api.v1.PollTasksResponse;
import io.qtasks.api.v1.RecordEventsRequest;
import io.qtasks.api.v1.RecordEventsResponse;
import io.qtasks.api.v1.RegisterWorkerRequest;
import io.qtasks.api.v1.RegisterWorkerResponse;
import io.qtasks.api.v1.ReportOutcomesRequest;
import io.qtasks.api.v1.SystemServiceGrpc;
import io.qtasks.api.v1.TaskServiceGrpc;
import io.qtasks.api.v1.UnregisterWorkerRequest;
import io.qtasks.api.v1.WorkerServiceGrpc;
import io.qtasks.client.QTasksException;
import io.qtasks.client.internal.Calls;
import io.qtasks.client.internal.Futures;
import io.qtasks.client.internal.Times;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * A worker's registration, and the calls that are made in its name. Each call blocks the thread
 * that makes it.
 */
final class Session {
  /** What the server says about leases and to the worker, with whatever it answers. */
  interface WordListener {
    void hear(List<LeaseStatus> statuses, List<Directive> directives);
  }

  /** What one call may take; a call without an answer by then is repeated. */
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  /**
   * How much longer than its wait a poll may take, so that the server answers before the deadline.
   */
  private static final Duration POLL_MARGIN = Duration.ofSeconds(10);

  private static final Duration UNREGISTER_TIMEOUT = Duration.ofSeconds(2);

  final String id = UUID.randomUUID().toString();
  private final Calls calls;
  private final WorkerOptions options;
  private final Registry registry;
  private final WordListener listener;
  private final Object registering = new Object();

  /**
   * Counts registrations, so that of many calls that fail for the want of one a single one makes
   * it.
   */
  private volatile int epoch;

  private volatile Duration heartbeatInterval = Duration.ofSeconds(5);
  private volatile Duration maxWait = Duration.ofSeconds(30);
  private volatile boolean closed;

  Session(Calls calls, WorkerOptions options, Registry registry, WordListener listener) {
    this.calls = calls;
    this.options = options;
    this.registry = registry;
    this.listener = listener;
  }

  /** Between heartbeats, as the server wants it. */
  Duration heartbeatInterval() {
    return heartbeatInterval;
  }

  /** Opens or renews the session. Repeated while the server is away; throws when it refuses. */
  void register() {
    registerAfter(epoch);
  }

  /** One poll, not repeated. */
  PollTasksResponse poll(int credit, Duration wait) {
    Duration held = wait.compareTo(maxWait) < 0 ? wait : maxWait;
    var request =
        PollTasksRequest.newBuilder()
            .setSessionId(id)
            .setMaxTasks(credit)
            .setWait(Times.proto(held))
            .build();
    return known(
        () -> calls.call(WorkerServiceGrpc.getPollTasksMethod(), request, held.plus(POLL_MARGIN)));
  }

  /** One heartbeat, not repeated: the next one carries the same. */
  void heartbeat(List<LeaseRenewal> renewals, int freeSlots, boolean draining) {
    var request =
        HeartbeatRequest.newBuilder()
            .setSessionId(id)
            .addAllRenewals(renewals)
            .setFreeSlots(freeSlots)
            .setDraining(draining)
            .build();
    HeartbeatResponse answer = known(() -> call(WorkerServiceGrpc.getHeartbeatMethod(), request));
    listener.hear(answer.getLeaseStatusesList(), answer.getDirectivesList());
  }

  /** Reports outcomes, repeated until answered or refused as a whole. */
  List<OutcomeResult> report(List<Outcome> outcomes) {
    var request =
        ReportOutcomesRequest.newBuilder().setSessionId(id).addAllOutcomes(outcomes).build();
    return repeated(
            "report outcomes", () -> call(WorkerServiceGrpc.getReportOutcomesMethod(), request))
        .getResultsList();
  }

  /** Records events, repeated until answered or refused as a whole. */
  void recordEvents(List<AttemptEvents> attempts) {
    var request =
        RecordEventsRequest.newBuilder().setSessionId(id).addAllAttempts(attempts).build();
    RecordEventsResponse answer =
        repeated("record events", () -> call(WorkerServiceGrpc.getRecordEventsMethod(), request));
    listener.hear(answer.getLeaseStatusesList(), List.of());
  }

  /** Enqueues for a handler, repeated until answered or refused, or the attempt is over. */
  String enqueue(EnqueueTaskRequest request, Attempt attempt) {
    return untilAnswered(
        "enqueue a child",
        () -> {
          if (attempt.isOver()) throw Futures.canceled("the attempt is over", attempt.aborted());
          return call(TaskServiceGrpc.getEnqueueTaskMethod(), request).getTask().getTaskId();
        });
  }

  /** Ends the session; what is not reported is released. Not repeated. */
  int unregister() {
    var request = UnregisterWorkerRequest.newBuilder().setSessionId(id).build();
    return calls
        .call(WorkerServiceGrpc.getUnregisterWorkerMethod(), request, UNREGISTER_TIMEOUT)
        .getReleasedCount();
  }

  /** Connects at once where gRPC would wait. */
  void reconnect() {
    calls.reconnect();
  }

  /** New calls go over a new connection. */
  void move() {
    calls.renew();
  }

  /** Whatever is repeated ends with CALL_CANCELED. */
  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  private void registerAfter(int seen) {
    synchronized (registering) {
      if (epoch != seen) return;
      Schema schema = registry.schema();
      RegisterWorkerRequest request = request(schema);
      RegisterWorkerResponse answer =
          untilAnswered(
              "register", () -> call(WorkerServiceGrpc.getRegisterWorkerMethod(), request));
      heed(answer);
      if (answer.getSchemaWanted() && schema != null) sendSchema(schema);
      epoch++;
    }
  }

  private RegisterWorkerRequest request(Schema schema) {
    return RegisterWorkerRequest.newBuilder()
        .setSessionId(id)
        .setWorkerId(options.workerId)
        .addAllDefinitions(registry.definitions())
        .addAllQueues(options.queues)
        .setSlots(options.slots)
        .putAllLabels(options.labels)
        .setRuntime(Identity.runtime())
        .setBuildId(options.buildId)
        .setSchemaDigest(schema == null ? ByteString.EMPTY : schema.digest())
        .build();
  }

  private void heed(RegisterWorkerResponse answer) {
    if (answer.hasHeartbeatInterval()) heartbeatInterval = Times.of(answer.getHeartbeatInterval());
    if (answer.hasMaxWait()) maxWait = Times.of(answer.getMaxWait());
  }

  private void sendSchema(Schema schema) {
    var request =
        ApplyTaskDefinitionsRequest.newBuilder()
            .addAllDefinitions(registry.definitions())
            .setFileDescriptorSet(schema.fileDescriptorSet())
            .build();
    untilAnswered(
        "send the schemas", () -> call(SystemServiceGrpc.getApplyTaskDefinitionsMethod(), request));
  }

  private <Q, R> R call(MethodDescriptor<Q, R> method, Q request) {
    return calls.call(method, request, CALL_TIMEOUT);
  }

  private <T> T repeated(String what, Supplier<T> call) {
    return untilAnswered(what, () -> known(call));
  }

  /**
   * Makes the call and, where the server does not know the session, registers and makes it again.
   */
  private <T> T known(Supplier<T> call) {
    int seen = epoch;
    try {
      return call.get();
    } catch (QTasksException error) {
      if (!error.reason().equals("SESSION_NOT_FOUND")) throw error;
      Log.info("the server does not know this session: registering again");
      registerAfter(seen);
      return call.get();
    }
  }

  private <T> T untilAnswered(String what, Supplier<T> call) {
    for (int failures = 1; ; failures++) {
      if (closed) throw Futures.canceled("the worker stopped", null);
      try {
        return call.get();
      } catch (QTasksException error) {
        if (closed
            || error.reason().equals("CALL_CANCELED")
            || isRefusal(error)
            || isUnknownHere(error)
            || Thread.currentThread().isInterrupted()) throw error;
        Log.failure("could not " + what + "; trying again", error, failures);
        Futures.sleep(
            error.retryAfter().map(Duration::toMillis).orElse(Delays.beforeRepeat(failures)));
        calls.reconnect();
      }
    }
  }

  /**
   * A worker that never got in has the wrong token; one that did may get a new one before its
   * leases run out.
   */
  private boolean isUnknownHere(QTasksException error) {
    return epoch == 0
        && List.of(Status.Code.UNAUTHENTICATED, Status.Code.PERMISSION_DENIED)
            .contains(error.code());
  }

  /** The server will never accept this request, however often it is repeated. */
  static boolean isRefusal(QTasksException error) {
    return switch (error.code()) {
      case INVALID_ARGUMENT, FAILED_PRECONDITION, ALREADY_EXISTS, UNIMPLEMENTED -> true;
      case NOT_FOUND -> !error.reason().equals("SESSION_NOT_FOUND");
      case RESOURCE_EXHAUSTED -> !List.of("RATE_LIMITED", "QUEUE_FULL").contains(error.reason());
      default -> false;
    };
  }
}
