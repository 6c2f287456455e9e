package io.qtasks.client;

import com.google.rpc.Code;
import io.qtasks.api.v1.Failure;
import io.qtasks.api.v1.FailureKind;
import io.qtasks.api.v1.Task;
import io.qtasks.api.v1.TaskState;
import java.util.Locale;

/** The task ended FAILED, EXPIRED or CANCELED. */
public final class TaskFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The task as it ended. */
  private final transient Task task;

  /** Why it ended so. */
  private final transient Failure failure;

  /**
   * A task that did not succeed.
   *
   * @param task the task as it ended
   */
  public TaskFailedException(Task task) {
    this(task, task.hasFailure() ? task.getFailure() : unexplained(task));
  }

  private TaskFailedException(Task task, Failure failure) {
    super(
        task.getSpec().getName()
            + " "
            + task.getTaskId()
            + " "
            + stateName(task)
            + ": "
            + failure.getMessage());
    this.task = task;
    this.failure = failure;
  }

  /**
   * The task as it ended.
   *
   * @return the task with its failure
   */
  public Task task() {
    return task;
  }

  /**
   * Which task.
   *
   * @return its id
   */
  public String taskId() {
    return task.getTaskId();
  }

  /**
   * How it ended.
   *
   * @return FAILED, EXPIRED or CANCELED
   */
  public TaskState state() {
    return task.getState();
  }

  /**
   * The whole failure, with kind, stack trace and cause.
   *
   * @return the final one
   */
  public Failure failure() {
    return failure;
  }

  /**
   * The code that the handler chose.
   *
   * @return a google.rpc.Code; UNKNOWN where it chose none
   */
  public Code code() {
    Code code = Code.forNumber(failure.getCode());
    return code == null || code == Code.OK ? Code.UNKNOWN : code;
  }

  /**
   * The application's error type, such as {@code acme.mail.BadAddress}.
   *
   * @return may be empty
   */
  public String type() {
    return failure.getType();
  }

  /**
   * Facts that the handler gave: JSON, or for a typed task a google.rpc.Status.
   *
   * @param as what to read them as: see {@link Payloads#decode}
   * @param <T> the same
   * @return null where it gave none
   */
  public <T> T details(Class<T> as) {
    return failure.hasDetails() ? Payloads.decode(failure.getDetails(), as) : null;
  }

  private static String stateName(Task task) {
    return task.getState().name().replace("TASK_STATE_", "").toLowerCase(Locale.ROOT);
  }

  private static Failure unexplained(Task task) {
    FailureKind kind =
        switch (task.getState()) {
          case TASK_STATE_CANCELED -> FailureKind.FAILURE_KIND_CANCELED;
          case TASK_STATE_EXPIRED -> FailureKind.FAILURE_KIND_EXPIRED;
          default -> FailureKind.FAILURE_KIND_UNSPECIFIED;
        };
    String reason = task.getCancelReason();
    return Failure.newBuilder()
        .setKind(kind)
        .setMessage(reason.isEmpty() ? "no reason was given" : reason)
        .build();
  }
}
