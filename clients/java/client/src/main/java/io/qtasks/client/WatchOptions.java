package io.qtasks.client;

import io.qtasks.api.v1.TaskView;

/**
 * What a {@link TaskWatch} is told.
 *
 * @param view what of the task is sent; null: BASIC, without payload and result
 * @param afterSequence outputs and logs too, those after this sequence; null: none of them
 */
public record WatchOptions(TaskView view, Long afterSequence) {
  /** The task alone, in the basic view. */
  public static final WatchOptions TASK = new WatchOptions(null, null);

  /** The task, and all its outputs and logs from the first. */
  public static final WatchOptions EVENTS = new WatchOptions(null, 0L);
}
