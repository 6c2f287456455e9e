package io.qtasks.client.worker;

import com.google.rpc.Code;

/**
 * A failure with a stable type, a code and details. The server decides whether another attempt
 * follows: by the code (INVALID_ARGUMENT, NOT_FOUND and their like end the task) and the retry
 * policy.
 */
public class TaskException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What the failure's code will be. */
  private final Code code;

  /** The application's error type. */
  private final String type;

  /** Facts for the caller. */
  private final transient Object details;

  /**
   * A failure with everything.
   *
   * @param code UNKNOWN where no other fits
   * @param type stable, such as {@code acme.mail.BadAddress}; retry policies match it. Empty: the
   *     exception's class
   * @param message for people
   * @param details facts for the caller, as {@code Payloads.of} takes them; may be null
   */
  public TaskException(Code code, String type, String message, Object details) {
    super(message);
    this.code = code;
    this.type = type;
    this.details = details;
  }

  /**
   * A failure without details.
   *
   * @param code UNKNOWN where no other fits
   * @param message for people
   */
  public TaskException(Code code, String message) {
    this(code, "", message, null);
  }

  /**
   * What the failure's code will be.
   *
   * @return the code
   */
  public Code code() {
    return code;
  }

  /**
   * The application's error type.
   *
   * @return empty: the exception's class
   */
  public String type() {
    return type;
  }

  /**
   * Facts for the caller.
   *
   * @return may be null
   */
  public Object details() {
    return details;
  }
}
