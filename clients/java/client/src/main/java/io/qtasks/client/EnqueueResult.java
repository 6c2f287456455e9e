package io.qtasks.client;

import com.google.gson.JsonElement;

/**
 * What became of an item of {@link QTasksClient#enqueueMany}: one of the two is null.
 *
 * @param handle the task, durable from now on
 * @param error why there is none
 */
public record EnqueueResult(TaskHandle<JsonElement> handle, QTasksException error) {
  /**
   * The handle, or the item's own error.
   *
   * @return the task
   * @throws QTasksException the error
   */
  public TaskHandle<JsonElement> get() {
    if (error != null) throw error;
    return handle;
  }
}
