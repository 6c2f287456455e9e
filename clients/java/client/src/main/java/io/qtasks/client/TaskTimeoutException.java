package io.qtasks.client;

import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The wait for a task is over (STILL_RUNNING); the task goes on and can be awaited again. */
public final class TaskTimeoutException extends QTasksException {
  private static final long serialVersionUID = 1L;

  /** Which task. */
  private final String taskId;

  /**
   * The wait is over.
   *
   * @param taskId the task that goes on
   * @param timeout how long was waited
   */
  public TaskTimeoutException(String taskId, Duration timeout) {
    super(
        new Facts(
            Status.Code.DEADLINE_EXCEEDED,
            "STILL_RUNNING",
            List.of(),
            Map.of("task_id", taskId),
            null),
        "task " + taskId + " has not ended after " + timeout.toMillis() + " ms; it goes on",
        null);
    this.taskId = taskId;
  }

  /**
   * The task that goes on.
   *
   * @return its id
   */
  public String taskId() {
    return taskId;
  }
}
