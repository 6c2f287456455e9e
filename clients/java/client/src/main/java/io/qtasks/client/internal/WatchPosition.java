package io.qtasks.client.internal;

import io.qtasks.api.v1.Task;
import io.qtasks.api.v1.TaskEvent;
import io.qtasks.api.v1.WatchTaskRequest;
import io.qtasks.api.v1.WatchTaskResponse;
import io.qtasks.client.TaskChange;
import io.qtasks.client.WatchOptions;

/** How far a watch has come: what it opens its next stream with, and what it has seen before. */
public final class WatchPosition {
  private final WatchTaskRequest.Builder request;

  public WatchPosition(String taskId, WatchOptions options) {
    request = WatchTaskRequest.newBuilder().setTaskId(taskId);
    if (options.view() != null) request.setView(options.view());
    if (options.afterSequence() != null) request.setAfterSequence(options.afterSequence());
  }

  public WatchTaskRequest request() {
    return request.build();
  }

  /**
   * The change in a message; null where it has none, or was seen before the stream was opened
   * again.
   */
  public TaskChange accept(WatchTaskResponse message) {
    return switch (message.getEventCase()) {
      case TASK -> accept(message.getTask());
      case TASK_EVENT -> accept(message.getTaskEvent());
      default -> null;
    };
  }

  private TaskChange accept(Task task) {
    if (request.hasAfterRevision() && task.getRevision() <= request.getAfterRevision()) return null;
    request.setAfterRevision(task.getRevision());
    return new TaskChange(task, null);
  }

  private TaskChange accept(TaskEvent event) {
    if (!request.hasAfterSequence() || event.getSequence() <= request.getAfterSequence())
      return null;
    request.setAfterSequence(event.getSequence());
    return new TaskChange(null, event);
  }
}
