package io.qtasks.client.worker;

import com.google.rpc.Code;
import java.time.Duration;

/**
 * Fails the attempt and asks for the next one after a delay of its own instead of the policy's
 * backoff. It counts.
 */
public class RetryLaterException extends TaskException {
  private static final long serialVersionUID = 1L;

  /** Until the next attempt. */
  private final Duration delay;

  /**
   * A failure with a delay.
   *
   * @param delay 0 or more
   * @param message for people
   */
  public RetryLaterException(Duration delay, String message) {
    super(Code.UNKNOWN, message);
    this.delay = Delays.check(delay);
  }

  /**
   * Until the next attempt.
   *
   * @return 0 or more
   */
  public Duration delay() {
    return delay;
  }
}
