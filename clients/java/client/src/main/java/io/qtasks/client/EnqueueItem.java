package io.qtasks.client;

import io.qtasks.api.v1.EnqueueTaskRequest;

/**
 * One task of {@link QTasksClient#enqueueMany}.
 *
 * @param name the task's name
 * @param input see {@link Payloads#of}
 * @param options how it is enqueued
 */
public record EnqueueItem(String name, Object input, EnqueueOptions options) {
  /**
   * A task with default options.
   *
   * @param name the task's name
   * @param input see {@link Payloads#of}
   */
  public EnqueueItem(String name, Object input) {
    this(name, input, EnqueueOptions.DEFAULTS);
  }

  EnqueueTaskRequest request() {
    return options.request(name, Payloads.of(input));
  }
}
