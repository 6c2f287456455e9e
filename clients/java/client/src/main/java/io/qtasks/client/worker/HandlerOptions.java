package io.qtasks.client.worker;

import io.qtasks.api.v1.TaskOptions;

/**
 * What the server is told of a plain function's task.
 *
 * @param description for people
 * @param streaming the handler gives outputs by {@link AttemptContext#output}
 * @param options queue, retries and timeouts of all tasks of the name; what enqueues set wins
 */
public record HandlerOptions(String description, boolean streaming, TaskOptions options) {
  /** No description, not streaming, the server's defaults. */
  public static final HandlerOptions DEFAULTS =
      new HandlerOptions("", false, TaskOptions.getDefaultInstance());

  /** The handler gives outputs. */
  public static final HandlerOptions STREAMING =
      new HandlerOptions("", true, TaskOptions.getDefaultInstance());
}
