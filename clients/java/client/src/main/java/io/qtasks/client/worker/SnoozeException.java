package io.qtasks.client.worker;

import java.time.Duration;

/** Puts the task back for a while; no failure, and not counted as an attempt. */
public class SnoozeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Until it is handed out again. */
  private final Duration delay;

  /**
   * A snooze.
   *
   * @param delay 0 or more
   */
  public SnoozeException(Duration delay) {
    this(delay, "snoozed by its handler");
  }

  /**
   * A snooze with a reason.
   *
   * @param delay 0 or more
   * @param reason for people
   */
  public SnoozeException(Duration delay, String reason) {
    super(reason);
    this.delay = Delays.check(delay);
  }

  /**
   * Until the task is handed out again.
   *
   * @return 0 or more
   */
  public Duration delay() {
    return delay;
  }
}
