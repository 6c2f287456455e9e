package io.qtasks.client;

import io.qtasks.api.v1.EnqueueTaskRequest;
import io.qtasks.api.v1.Payload;
import io.qtasks.api.v1.RetryPolicy;
import io.qtasks.api.v1.TaskOptions;
import io.qtasks.api.v1.TaskSpec;
import io.qtasks.api.v1.UniqueKey;
import io.qtasks.client.internal.TaskIds;
import io.qtasks.client.internal.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * How a task is enqueued. Immutable: each method gives new options. What is unset is the task
 * definition's, then the server's default.
 */
public final class EnqueueOptions {
  /** Nothing set. */
  public static final EnqueueOptions DEFAULTS =
      new EnqueueOptions(EnqueueTaskRequest.getDefaultInstance());

  private final EnqueueTaskRequest template;

  private EnqueueOptions(EnqueueTaskRequest template) {
    this.template = template;
  }

  /**
   * The task's id: give one where a repeat may come from another process. Default: a new UUIDv7.
   *
   * @param taskId at most 128 characters
   * @return new options
   */
  public EnqueueOptions taskId(String taskId) {
    return with(request -> request.setTaskId(taskId));
  }

  /**
   * Due so long from now, by the server's clock. Default: at once.
   *
   * @param delay 0 or more
   * @return new options
   */
  public EnqueueOptions delay(Duration delay) {
    return with(request -> request.setDelay(Times.proto(positive("delay", delay))));
  }

  /**
   * Due at this time. Takes the place of {@link #delay}.
   *
   * @param time one that is past means now
   * @return new options
   */
  public EnqueueOptions scheduleAt(Instant time) {
    return with(request -> request.setScheduleTime(Times.proto(time)));
  }

  /**
   * Where it waits. Default: the definition's queue, else {@code default}.
   *
   * @param queue at most 100 characters
   * @return new options
   */
  public EnqueueOptions queue(String queue) {
    return options(options -> options.setQueue(queue));
  }

  /**
   * Higher runs first. Default 0.
   *
   * @param priority -1000 to 1000
   * @return new options
   */
  public EnqueueOptions priority(int priority) {
    return options(options -> options.setPriority(priority));
  }

  /**
   * When and how often a failed attempt is followed by another. Default: 3 attempts, with a backoff
   * from 1 s.
   *
   * @param policy unset fields are defaulted each
   * @return new options
   */
  public EnqueueOptions retryPolicy(RetryPolicy policy) {
    return options(options -> options.setRetryPolicy(policy));
  }

  /**
   * Limit of one attempt. Default: none.
   *
   * @param timeout above 0
   * @return new options
   */
  public EnqueueOptions attemptTimeout(Duration timeout) {
    return options(
        options -> options.setAttemptTimeout(Times.proto(positive("attemptTimeout", timeout))));
  }

  /**
   * Limit over all attempts and backoffs, from the time the task is due. Default: none.
   *
   * @param timeout above 0
   * @return new options
   */
  public EnqueueOptions totalTimeout(Duration timeout) {
    return options(
        options -> options.setTotalTimeout(Times.proto(positive("totalTimeout", timeout))));
  }

  /**
   * EXPIRED if not started so long after it is due. Default: never.
   *
   * @param timeout above 0
   * @return new options
   */
  public EnqueueOptions pendingTimeout(Duration timeout) {
    return options(
        options -> options.setPendingTimeout(Times.proto(positive("pendingTimeout", timeout))));
  }

  /**
   * How long the ended task is kept, its result included. Default 24 h.
   *
   * @param retention a minute at least
   * @return new options
   */
  public EnqueueOptions retention(Duration retention) {
    return options(options -> options.setRetention(Times.proto(positive("retention", retention))));
  }

  /**
   * Indexed words, to filter by.
   *
   * @param labels at most 32
   * @return new options
   */
  public EnqueueOptions labels(Map<String, String> labels) {
    return options(options -> options.clearLabels().putAllLabels(labels));
  }

  /**
   * Handed to the handler untouched: traceparent and the like.
   *
   * @param headers at most 64, 8 KiB in all
   * @return new options
   */
  public EnqueueOptions headers(Map<String, String> headers) {
    return spec(spec -> spec.clearHeaders().putAllHeaders(headers));
  }

  /**
   * Finds the earlier task of this name and key, if it has not ended, instead of making another.
   *
   * @param key at most 255 characters
   * @return new options
   */
  public EnqueueOptions uniqueKey(String key) {
    return uniqueKey(UniqueKey.newBuilder().setKey(key).build());
  }

  /**
   * As {@link #uniqueKey(String)}, with a window or another way to settle conflicts.
   *
   * @param unique key, window and policy
   * @return new options
   */
  public EnqueueOptions uniqueKey(UniqueKey unique) {
    return spec(spec -> spec.setUnique(unique));
  }

  /**
   * The task from whose handler this one is enqueued.
   *
   * @param taskId its id
   * @return new options
   */
  public EnqueueOptions parentTaskId(String taskId) {
    return spec(spec -> spec.setParentTaskId(taskId));
  }

  /**
   * The request of a task with these options, with a task id in any case.
   *
   * @param name the task's name, such as {@code mail.send}
   * @param payload its input
   * @return what {@code EnqueueTask} takes
   * @throws QTasksException FIELD_VIOLATION where the name is empty
   */
  public EnqueueTaskRequest request(String name, Payload payload) {
    return request(name, payload, TaskIds::next);
  }

  /**
   * As {@link #request(String, Payload)}, with an id of the caller's where none was set.
   *
   * @param name the task's name
   * @param payload its input
   * @param taskId makes the id
   * @return what {@code EnqueueTask} takes
   * @throws QTasksException FIELD_VIOLATION where the name is empty
   */
  public EnqueueTaskRequest request(String name, Payload payload, Supplier<String> taskId) {
    if (name == null || name.isEmpty()) throw QTasksException.field("name", "a task needs a name");
    EnqueueTaskRequest.Builder request = template.toBuilder();
    request.setSpec(template.getSpec().toBuilder().setName(name).setPayload(payload));
    if (request.getTaskId().isEmpty()) request.setTaskId(taskId.get());
    return request.build();
  }

  private EnqueueOptions with(Consumer<EnqueueTaskRequest.Builder> change) {
    EnqueueTaskRequest.Builder request = template.toBuilder();
    change.accept(request);
    return new EnqueueOptions(request.build());
  }

  private EnqueueOptions spec(Consumer<TaskSpec.Builder> change) {
    return with(request -> change.accept(request.getSpecBuilder()));
  }

  private EnqueueOptions options(Consumer<TaskOptions.Builder> change) {
    return spec(spec -> change.accept(spec.getOptionsBuilder()));
  }

  private static Duration positive(String field, Duration duration) {
    if (duration.isNegative())
      throw QTasksException.field(field, "must be 0 or more; got " + duration);
    return duration;
  }
}
