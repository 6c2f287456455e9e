package io.qtasks.client;

import io.qtasks.api.v1.Task;
import io.qtasks.api.v1.TaskEvent;

/**
 * What a {@link TaskWatch} gives: one of the two is null.
 *
 * @param task the task after a change
 * @param event an output or a log line of it
 */
public record TaskChange(Task task, TaskEvent event) {
  /**
   * It is the task, not an event.
   *
   * @return true where {@link #task} is set
   */
  public boolean isTask() {
    return task != null;
  }

  /**
   * It is an output of a streaming handler.
   *
   * @return true where {@link #event} has an output
   */
  public boolean isOutput() {
    return event != null && event.hasOutput();
  }
}
