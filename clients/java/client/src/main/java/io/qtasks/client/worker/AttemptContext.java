package io.qtasks.client.worker;

import io.grpc.Context;
import io.qtasks.api.v1.Failure;
import io.qtasks.api.v1.LogEntry;
import io.qtasks.api.v1.LogLevel;
import io.qtasks.api.v1.Payload;
import io.qtasks.api.v1.Progress;
import io.qtasks.client.EnqueueOptions;
import io.qtasks.client.Payloads;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a handler knows of its attempt and can do in it. Safe to share among the handler's threads.
 */
public final class AttemptContext {
  static final Context.Key<AttemptContext> KEY = Context.key("qtasks-attempt");

  private static final int MAX_CHECKPOINT_BYTES = 64 << 10;
  private static final int MAX_PROGRESS_CHARS = 1_000;

  private final Attempt attempt;
  private final Recorder recorder;
  private final Children children;

  AttemptContext(Attempt attempt, Recorder recorder, Children children) {
    this.attempt = attempt;
    this.recorder = recorder;
    this.children = children;
  }

  /**
   * The attempt that a method of a stock servicer runs in, by gRPC's current context.
   *
   * @return empty where the method was called otherwise, as by a gRPC server
   */
  public static Optional<AttemptContext> current() {
    return Optional.ofNullable(KEY.get());
  }

  /**
   * The task's id.
   *
   * @return the id
   */
  public String taskId() {
    return attempt.leased.getTaskId();
  }

  /**
   * The task's name.
   *
   * @return the name
   */
  public String name() {
    return attempt.spec().getName();
  }

  /**
   * The queue that it came from.
   *
   * @return the queue's name
   */
  public String queue() {
    return attempt.spec().getOptions().getQueue();
  }

  /**
   * Number of this attempt, from 1; attempts that were lost or released have theirs too.
   *
   * @return the number
   */
  public int attempt() {
    return attempt.leased.getAttempt();
  }

  /**
   * Grows with each attempt of the task: stores that remember the highest can refuse a late writer.
   *
   * @return the token
   */
  public long fencingToken() {
    return attempt.leased.getFencingToken();
  }

  /**
   * What the caller handed over with the task.
   *
   * @return headers by name
   */
  public Map<String, String> headers() {
    return attempt.spec().getHeadersMap();
  }

  /**
   * The task from whose handler this one was enqueued.
   *
   * @return empty where there is none
   */
  public Optional<String> parentTaskId() {
    String id = attempt.spec().getParentTaskId();
    return id.isEmpty() ? Optional.empty() : Optional.of(id);
  }

  /**
   * Why the attempt before this one failed.
   *
   * @return empty where none did
   */
  public Optional<Failure> previousFailure() {
    return attempt.leased.hasPreviousFailure()
        ? Optional.of(attempt.leased.getPreviousFailure())
        : Optional.empty();
  }

  /**
   * Outputs that earlier attempts left.
   *
   * @return how many
   */
  public long outputCount() {
    return attempt.leased.getOutputCount();
  }

  /**
   * When the attempt's time is up, by this machine's clock.
   *
   * @return empty: no limit
   */
  public Optional<Instant> deadline() {
    return Optional.ofNullable(attempt.deadline);
  }

  /**
   * Why the handler should stop.
   *
   * @return empty while it should go on
   */
  public Optional<AttemptAbortedException> aborted() {
    return Optional.ofNullable(attempt.aborted());
  }

  /**
   * Throws where the handler should stop: canceled, out of time, lease lost, worker stopping.
   *
   * @throws AttemptAbortedException why
   */
  public void throwIfAborted() {
    AttemptAbortedException aborted = attempt.aborted();
    if (aborted != null) throw aborted;
  }

  /**
   * Calls back once when the handler should stop; at once where it should already. For handlers
   * that wait for what an interrupt does not reach.
   *
   * @param listener short and not blocking
   */
  public void onAbort(Runnable listener) {
    attempt.onAbort(listener);
  }

  /**
   * Shows how far it is. The latest counts; sent ten times a second.
   *
   * @param completed units done, 0 or more
   * @param total units in all; 0: unknown
   * @param message for people
   */
  public void progress(double completed, double total, String message) {
    if (!(completed >= 0) || !(total >= 0))
      throw new IllegalArgumentException(
          "progress counts must be 0 or more; got " + completed + " of " + total);
    String text = Failures.clip(message, MAX_PROGRESS_CHARS);
    recorder.progress(
        attempt,
        Progress.newBuilder().setCompleted(completed).setTotal(total).setMessage(text).build());
  }

  /**
   * Adds an output. Waits where the server can't keep up.
   *
   * @param value see {@link Payloads#of}
   * @throws AttemptAbortedException where the attempt is over
   * @throws InterruptedException where the attempt is to stop
   */
  public void output(Object value) throws InterruptedException {
    recorder.output(attempt, Payloads.of(value));
  }

  /**
   * Writes a line of log that is kept with the task. Dropped where the server can't keep up.
   *
   * @param level how grave it is
   * @param message for people
   * @param fields facts by name
   */
  public void log(LogLevel level, String message, Map<String, String> fields) {
    recorder.log(
        attempt,
        LogEntry.newBuilder().setLevel(level).setMessage(message).putAllFields(fields).build());
  }

  /**
   * Writes a line of log at the level INFO.
   *
   * @param message for people
   */
  public void log(String message) {
    log(LogLevel.LOG_LEVEL_INFO, message, Map.of());
  }

  /**
   * What an earlier attempt saved, or this one.
   *
   * @param as see {@link Payloads#decode}
   * @param <T> the same
   * @return empty where nothing was saved
   */
  public <T> Optional<T> checkpoint(Class<T> as) {
    Payload own = attempt.checkpoint();
    if (own != null) return Optional.ofNullable(Payloads.decode(own, as));
    if (!attempt.leased.hasCheckpoint()) return Optional.empty();
    return Optional.ofNullable(Payloads.decode(attempt.leased.getCheckpoint(), as));
  }

  /**
   * Leaves a value to the next attempt. Sent with the next heartbeat, and with the outcome.
   *
   * @param value at most 64 KiB; see {@link Payloads#of}
   */
  public void saveCheckpoint(Object value) {
    Payload payload = Payloads.of(value);
    int bytes = payload.hasText() ? payload.getTextBytes().size() : payload.getData().size();
    if (bytes > MAX_CHECKPOINT_BYTES)
      throw new IllegalArgumentException(
          "a checkpoint is at most " + MAX_CHECKPOINT_BYTES + " bytes; this one has " + bytes);
    attempt.saveCheckpoint(payload);
  }

  /**
   * Enqueues a task with this one as its parent; returns once it is durable. Its id follows from
   * the parent's, its name and input, and how often this attempt has enqueued the same: a retried
   * parent finds the children of its earlier attempts and enqueues only those that are missing. Set
   * a task id to have a new child each time.
   *
   * @param name the child's name
   * @param input see {@link Payloads#of}
   * @param options delay, queue, retries and so on
   * @return the child's id
   * @throws io.qtasks.client.QTasksException where it can't be enqueued, or the attempt is over
   *     before a server answers
   */
  public String enqueue(String name, Object input, EnqueueOptions options) {
    return children.enqueue(name, input, options);
  }

  /**
   * The time that is left.
   *
   * @return zero where it is up; empty: no limit
   */
  public Optional<Duration> timeLeft() {
    return deadline()
        .map(end -> Duration.between(Instant.now(), end))
        .map(left -> left.isNegative() ? Duration.ZERO : left);
  }
}
