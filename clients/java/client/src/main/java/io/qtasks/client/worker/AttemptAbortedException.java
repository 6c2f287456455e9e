package io.qtasks.client.worker;

/**
 * Why an attempt is to stop. Thrown by {@link AttemptContext#throwIfAborted}; letting it out is the
 * usual end.
 */
public final class AttemptAbortedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What made the attempt stop. */
  public enum Why {
    /** Someone canceled the task: what is thrown now ends it CANCELED, a value returned counts. */
    CANCELED,
    /** It took longer than its attempt timeout; nothing it does counts any more. */
    TIMEOUT,
    /** Its lease went to another; nothing it does counts any more. */
    LOST,
    /** The worker ends and its grace is over: the task goes back to its queue. */
    STOPPING
  }

  /** What made it stop. */
  private final Why why;

  AttemptAbortedException(Why why, String message) {
    super(message);
    this.why = why;
  }

  /**
   * What made the attempt stop.
   *
   * @return the cause
   */
  public Why why() {
    return why;
  }
}
